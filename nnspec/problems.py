"""A user's mistake as a value: what is wrong, where, and what to do about it.

Nothing a user can write raises an exception. Every reader and checker collects `Problem` values
into a `Problems` collector, which knows the text and so turns a character span into a line and a
column. The window, the command line and the JSON output all print the same values.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]

_LINE_BREAK = re.compile(r"\r\n|[\r\n]")

_LONG_NAME = re.compile(r"'([^']{60})[^']{20,}'")

MOST_MENDS = 6
MOST_PROBLEMS = 100
"""How many problems of one text are kept; a thousand copies of one mistake help nobody."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text: character indices (code points), `end` excluded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Edit:
    """A splice: replace the characters from `start` to `end` (excluded) by `text`."""

    start: int
    end: int
    text: str

    def apply(self, source: str) -> str:
        """Return `source` with this splice done."""
        return source[: self.start] + self.text + source[self.end :]

    def inverse(self, source: str) -> Edit:
        """Return the splice that restores `source` after this one was applied to it."""
        return Edit(self.start, self.start + len(self.text), source[self.start : self.end])


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend offered with one click: words for the button and the splice that does it."""

    words: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `line` and `column` count from 1; 0 means the text as a whole or another file.

    Attributes:
        code: stable identifier such as `layer.unknown`; every code has one test.
        path: dotted address in the document, for example `model[3].conv2d.kernel_size`.
        message: one plain sentence. `details` are further lines (the shapes that meet, say).
        hint: what to do, as a phrase, or None.
        fix: the same as a splice where it is certain.
        row: the data row (from 1) for problems of a data file, else None.
        file: the file when it is not the spec itself, else None.
    """

    code: str
    severity: Severity
    path: str
    span: Span | None
    line: int
    column: int
    message: str
    hint: str | None = None
    fix: Fix | None = None
    details: tuple[str, ...] = ()
    row: int | None = None
    file: str | None = None


class LineIndex:
    """Turns character indices of one text into lines and columns, both counted from 1."""

    def __init__(self, text: str) -> None:
        self.text = text
        first = 1 if text.startswith("\ufeff") else 0  # no editor shows a byte order mark
        self._starts = [first, *(found.end() for found in _LINE_BREAK.finditer(text))]

    def position(self, index: int) -> tuple[int, int]:
        """Return (line, column) of the character at `index`."""
        line = max(1, bisect_right(self._starts, index))
        return line, max(1, index - self._starts[line - 1] + 1)

    def line_text(self, line: int) -> str:
        """Return line number `line` without its line break; empty when there is no such line."""
        if not 1 <= line <= len(self._starts):
            return ""
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[self._starts[line - 1] : end].rstrip("\r\n")


@dataclass(slots=True)
class Problems:
    """Collects the problems of one text, each once.

    What is wrong with one place is told once as well: a block that is used with other parameters
    each time has its mistake once. `reported` counts all that was reported, kept or not.
    """

    text: str
    reported: int = 0
    _found: list[Problem] = field(default_factory=list[Problem])
    _known: set[Hashable] = field(default_factory=set[Hashable])
    _lines: LineIndex | None = None
    _mends: int = 0

    def affordable(self) -> bool:
        """Whether one more fix may be worked out that needs the text to be read again.

        They cost a reading each: of many mistakes the first have one, the others once those are
        gone.
        """
        self._mends += 1
        return self._mends <= MOST_MENDS

    @property
    def lines(self) -> LineIndex:
        """The line index of the text, made when first needed."""
        if self._lines is None:
            self._lines = LineIndex(self.text)
        return self._lines

    def add(
        self,
        code: str,
        span: Span | None,
        message: str,
        *,
        path: str = "",
        hint: str | None = None,
        fix: Fix | None = None,
        details: Iterable[str] = (),
        severity: Severity = "error",
    ) -> None:
        """Collect one problem found at `span` of the text (None: the text as a whole)."""
        line, column = self.lines.position(span.start) if span else (0, 0)
        problem = Problem(
            code, severity, path, span, line, column, one_line(message), hint, fix, tuple(details)
        )
        self.extend((problem,))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Collect problems that already know their place."""
        for problem in problems:
            self.reported += 1
            known = _identity(problem)
            if len(self._found) < MOST_PROBLEMS and known not in self._known:
                self._known.add(known)
                self._found.append(problem)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def sorted(self) -> tuple[Problem, ...]:
        """All problems in the order of the text, those without a place last."""
        return tuple(sorted(self._found, key=lambda p: (p.span is None, p.line, p.column, p.code)))


def _identity(problem: Problem) -> Hashable:
    """What makes a problem the same as another: its place in the text, else all of it."""
    if problem.span is None or problem.row is not None or problem.file is not None:
        return problem
    return problem.code, problem.span, problem.path, problem.severity


def one_line(message: str) -> str:
    """Write a message on one line, long names in it shortened."""
    return _LONG_NAME.sub(r"'\1…'", " ".join(message.split()) if "\n" in message else message)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of `problems` forbids going on."""
    return any(problem.severity == "error" for problem in problems)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, or None when none is near."""
    names = list(known)
    folded = {candidate.lower(): candidate for candidate in reversed(names)}
    wanted = name.lower().replace("-", "_").replace(" ", "_")
    if wanted in folded:
        return folded[wanted]
    found = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def suggestion(name: str, known: Iterable[str], *, kinds: str) -> str:
    """Say what may have been meant: the nearest known name, else all of them (at most a dozen)."""
    names = list(known)
    near = nearest(name, names)
    if near:
        return f"did you mean '{near}'?"
    shown = ", ".join(sorted(names)[:12])
    more = ", …" if len(names) > 12 else ""
    return f"{kinds}: {shown}{more}" if names else f"there are no {kinds} here"


def to_dict(problem: Problem) -> dict[str, Any]:
    """Return the problem as plain data (for another process)."""
    return asdict(problem)


def from_dict(data: dict[str, Any]) -> Problem:
    """Return the problem that `to_dict` wrote."""
    span, fix = data["span"], data["fix"]
    fields: dict[str, Any] = {
        **data,
        "span": Span(**span) if span else None,
        "fix": Fix(fix["words"], Edit(**fix["edit"])) if fix else None,
        "details": tuple(data["details"]),
    }
    return Problem(**fields)

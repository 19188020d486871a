"""Problems for people and for programs: one place that prints them, for all commands.

People get the line with a caret under the place; programs get one JSON line per problem on stderr.
Whatever comes from a file is printed without its control characters, so that no name can move the
cursor or turn the text around.
"""

from __future__ import annotations

import json
import re
import stat
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from nnspec.problems import LineIndex, Problem
from trainers.events import Noticed
from trainers.exits import exit_code, refusal, trouble

MOST_BYTES = 4 << 20
"""No spec is this long; what is longer is some other file and is not read."""
WIDEST = 118
"""How many cells of a line are shown around a place, beside the signs that it goes on."""
MOST_BEHIND = 80
"""How many of them stand from the place on, where there is as much before it."""


def report(
    problems: Iterable[Problem],
    source_name: str,
    text: str,
    *,
    as_json: bool,
    stream: TextIO | None = None,
) -> int:
    """Print problems on stderr (or `stream`) and return the exit code they call for.

    Args:
        problems: what was found, in the order to print.
        source_name: how the spec's file is named in the output.
        text: the spec's text, for the lines shown.
        as_json: one JSON line for each error instead of words; warnings are not errors and are
            left to what the command prints.
        stream: where to print.
    """
    found, out = tuple(problems), stream or sys.stderr
    lines = LineIndex(text)
    for problem in found:
        if as_json and problem.severity == "error":
            out.write(json.dumps(error_json(problem, source_name, in_text=bool(text))) + "\n")
        elif not as_json:
            out.write("\n".join(_words(problem, source_name, lines)) + "\n")
    out.flush()
    return exit_code(found)


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as `check --json` lists it."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "message": "\n".join((problem.message, *problem.details)),
        "hint": problem.hint,
    }


def report_notices(notices: Iterable[Noticed], *, as_json: bool) -> None:
    """Tell people on stderr what they should know; programs read it in what is printed."""
    for notice in notices:
        if not as_json:
            sys.stderr.write(plain_text(notice.message) + "\n")


def error_json(problem: Problem, source_name: str, *, in_text: bool = True) -> dict[str, Any]:
    """Return a problem as commands print it on stderr with `--json`.

    `in_text` says whether lines and columns are those of the file named.
    """
    place = (problem.line, problem.column) if in_text else (0, 0)
    data_file = problem.file if _of_data(problem) or not in_text else None
    return {
        "code": problem.code,
        "message": "\n".join((problem.message, *problem.details)),
        "where": {
            "file": data_file or source_name,
            "line": place[0] or None,
            "column": place[1] or None,
            "row": problem.row,
        },
        "hint": problem.hint,
    }


def read_spec_file(path: Path, *, as_json: bool) -> tuple[str | None, int]:
    """Read a spec, exactly; on failure print why and return (None, exit code)."""
    problem: Problem
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            problem = trouble("spec.missing", f"{path} is not a file", file=path)
        elif facts.st_size > MOST_BYTES:
            words, hint = f"{path} is too long to be a spec", f"make one with: netwright new {path}"
            problem = trouble("spec.too_long", words, hint=hint, file=path)
        else:
            raw = path.read_bytes()
            if not _may_be_spec(path, raw):
                words = f"{path} is not a spec"
                hint = f"make one with: netwright new {path}"
                problem = trouble("spec.not_a_spec", words, hint=hint, file=path)
            else:
                return raw.decode("utf-8"), 0
    except FileNotFoundError:
        problem = trouble("spec.missing", f"there is no file {path}", file=path)
    except UnicodeDecodeError as error:
        problem = trouble("spec.encoding", f"{path} is not UTF-8 text: {error.reason}", file=path)
    except (OSError, ValueError) as error:
        refused = error if isinstance(error, OSError) else OSError(str(error))
        problem = refusal(refused, path)
    return None, report([problem], str(path), "", as_json=as_json)


def _may_be_spec(path: Path, raw: bytes) -> bool:
    """Whether a file is named like a spec or begins like one: its mistakes are worth telling."""
    if path.suffix.lower() in (".yaml", ".yml"):
        return True
    start = raw.decode("utf-8", "replace").lstrip("\ufeff")
    lines = (line.strip() for line in start.splitlines()[:200])
    first = next((line for line in lines if line and not line.startswith(("#", "---", "%"))), "")
    return not first or re.match(r"[{\"']*[A-Za-z_][\w -]*[\"']?\s*:(\s|$)", first) is not None


def _of_data(problem: Problem) -> bool:
    """Whether the place to look at is in a data file rather than in the spec."""
    return problem.row is not None or problem.span is None


def plain_text(words: str) -> str:
    """Return `words` with control and format characters made visible."""
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else character
        for character in words
    )


def _words(problem: Problem, source_name: str, lines: LineIndex) -> list[str]:
    in_spec = problem.span is not None and bool(lines.text)
    place = plain_text(source_name if in_spec else problem.file or source_name)
    if in_spec:
        place = f"{place}:{problem.line}:{problem.column}"
    elif problem.row is not None:
        place = f"{place}: row {problem.row}"
    said = [f"{place}  {problem.severity}  {plain_text(problem.message)}"]
    hint = plain_text(problem.hint) if problem.hint else ""
    if in_spec:
        beside = "" if problem.details else hint
        said += _excerpt(problem, lines, beside)
        hint = hint if problem.details else ""
    said += [f"      {plain_text(detail)}" for detail in problem.details]
    return [*said, f"      {hint}"] if hint else said


def _excerpt(problem: Problem, lines: LineIndex, beside: str) -> list[str]:
    whole = lines.line_text(problem.line)
    start = min(problem.column - 1, len(whole))
    length = problem.span.end - problem.span.start if problem.span else 1
    first, last = _around(whole, start)
    before = ("…" if first else "") + whole[first:start]
    line = before + whole[start:last] + ("…" if last < len(whole) else "")
    carets = "^" * max(1, _width(whole[start : min(start + max(1, length), last)]))
    number = f"{problem.line:>5}"
    below = f"{' ' * len(number)} | {' ' * _width(before)}{carets}  {beside}".rstrip()
    return [f"{number} | {_shown(line)}".rstrip(), below]


def _around(line: str, start: int) -> tuple[int, int]:
    """The first character of a line to show and the one behind the last, around a place."""
    if len(line) <= WIDEST and _width(line) <= WIDEST:
        return 0, len(line)
    last = start + _fitting(line[start : start + WIDEST], MOST_BEHIND)
    before = line[max(0, start - WIDEST) : start][::-1]
    first = start - _fitting(before, WIDEST - _width(line[start:last]))
    return first, first + _fitting(line[first : first + WIDEST], WIDEST)


def _fitting(line: str, cells: int) -> int:
    """How many characters from the start on find room in this many cells."""
    for count, character in enumerate(line):
        cells -= _width(character)
        if cells < 0:
            return count
    return len(line)


def _shown(line: str) -> str:
    return plain_text(line.replace("\t", " "))


def _width(line: str) -> int:
    """Return how many cells a terminal gives to the line as shown."""
    wide = ("W", "F")
    return sum(
        0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in wide)
        for one in _shown(line)
    )

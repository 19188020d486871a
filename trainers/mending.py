"""The fixes that problems carry, applied: one after another, as long as the text gets no worse.

Every fix is tried on a copy that is read and checked anew. It is kept when the problem is gone and
there are no more errors than before; otherwise the text stays as it was and the problem as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from nnspec.tree import plain
from trainers.check import Checked, check

MOST_FIXES = 200
LOSES = "Remove '"
"""How a fix begins that takes away a setting somebody wrote: for a person to choose, not for us."""

_UNREAD = "format.old"
"""A text of an older format is not read at all: what is wrong in it shows only afterwards."""

_Key: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Mended:
    """A text with fixes applied.

    Attributes:
        text: the new text; checked: the verdict on it.
        fixed: the problems whose fixes were applied, in that order, each with its place at the
            time.
    """

    text: str
    checked: Checked
    fixed: tuple[Problem, ...]


def mend(text: str, folder: Path, catalog: Catalog) -> Mended:
    """Apply every fix that makes `text` no worse, until none is left."""
    return mend_by(lambda after: check(after, folder, catalog), text)


def mend_by(judged: Callable[[str], Checked], text: str) -> Mended:
    """Do what `mend` does, with `judged` to check a text."""
    checked = judged(text)
    fixed: list[Problem] = []
    refused: set[_Key] = set()
    while len(fixed) < MOST_FIXES:
        problem = _next(checked, text, refused)
        if problem is None or problem.fix is None:
            break
        after = problem.fix.edit.apply(text)
        verdict = judged(after)
        if _better(problem, checked, verdict):
            text, checked = after, verdict
            fixed.append(problem)
        else:
            refused.add(_key(problem))
    return Mended(text, checked, tuple(fixed))


def _next(checked: Checked, text: str, refused: set[_Key]) -> Problem | None:
    """The first problem whose fix lies in the text itself and was not refused."""
    return next(
        (
            problem
            for problem in checked.problems
            if problem.fix
            and not problem.fix.words.startswith(LOSES)
            and problem.file is None
            and problem.fix.edit.end <= len(text)
            and _key(problem) not in refused
        ),
        None,
    )


def _better(problem: Problem, before: Checked, after: Checked) -> bool:
    """Whether a fix did what it promised: read, no more errors, its problem met less often."""
    readable = after.analysis.readable or not before.analysis.readable
    changed = plain(before.analysis.tree) != plain(after.analysis.tree)
    return (
        readable
        and changed
        and (problem.code == _UNREAD or _errors(after) <= _errors(before))
        and _times(problem, after) < _times(problem, before)
    )


def _errors(checked: Checked) -> int:
    return sum(problem.severity == "error" for problem in checked.problems)


def _times(problem: Problem, checked: Checked) -> int:
    return sum(
        (each.code, each.message) == (problem.code, problem.message) for each in checked.problems
    )


def _key(problem: Problem) -> _Key:
    return problem.code, problem.path, problem.message

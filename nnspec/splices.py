"""Splices of one text: put together, made small, and proved before anybody sees them.

The last line of defence of law 1: whatever computed a splice, `checked` applies it to a copy, reads
the result and compares it with the data that was meant. A splice that does not read back is refused
with a sentence; a text is never damaged quietly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from nnspec.problems import Edit, Problems
from nnspec.syntax import read
from nnspec.tree import Plain, plain


@dataclass(frozen=True, slots=True)
class EditRefused:
    """An edit that cannot be done. `code` is stable, `message` one sentence for the user."""

    code: str
    message: str


class RefusalError(Exception):
    """Carries an `EditRefused` out of the depth of an edit; the public functions return it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.refused = EditRefused(code, message)


def checked(text: str, edit: Edit, intended: Plain) -> Edit | EditRefused:
    """Return `edit` if `text` after it reads as `intended`, without new mistakes, else refuse."""
    after = edit.apply(text)
    problems = Problems(after)
    if same(plain(read(after, problems)), intended) and not _worse(text, problems):
        return edit
    return EditRefused(
        "edit.layout",
        "this part of the text is written in a way that cannot be changed safely here; "
        "change it in the text editor",
    )


def _worse(text: str, after: Problems) -> bool:
    """Whether there are mistakes of the syntax that `text` did not have."""
    found = Counter(problem.code for problem in after if problem.code != "yaml.invisible")
    if not found:
        return False
    before = Problems(text)
    read(text, before)
    return not found <= Counter(problem.code for problem in before)


def same(one: Plain, other: Plain) -> bool:
    """Whether two pieces of data are equal in value, type and order: `1`, `1.0`, `true` differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def apply_all(text: str, edits: Iterable[Edit]) -> str:
    """Apply several edits, all computed on `text`, from its end backwards.

    Insertions at one place keep their order.

    Raises:
        ValueError: two edits overlap.
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    if any(first.end > second.start for first, second in pairwise(ordered)):
        raise ValueError("the edits overlap")
    for edit in reversed(ordered):
        text = edit.apply(text)
    return text


def combine(text: str, edits: Iterable[Edit | EditRefused]) -> Edit | EditRefused:
    """Join the edits of one gesture, all computed on `text`, into one; one refusal refuses all."""
    accepted: list[Edit] = []
    for edit in edits:
        if isinstance(edit, EditRefused):
            return edit
        accepted.append(edit)
    try:
        return minimal(text, apply_all(text, accepted))
    except ValueError:
        return EditRefused("edit.overlap", "two of these changes touch the same part of the text")


def minimal(old: str, new: str) -> Edit:
    """Return the smallest single splice that turns `old` into `new`."""
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    return Edit(start, len(old) - end, new[start : len(new) - end])


def _shared(one: str, other: str) -> int:
    """Length of the common beginning, by bisection: comparing slices is fast."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low

"""Texts of older formats brought to the present one, one file per step, by splices alone.

A step is a module `from_<number>` with `REWRITES`: functions that take a text and its tree and
return the edit that does one thing, or None where there is nothing to do. Comments, order and
quoting stay. What a step cannot rewrite safely it leaves, and the reader says what is wrong there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import unified_diff
from typing import TypeAlias

from nnspec.edits import EditRefused, minimal, set_value
from nnspec.migrations import from_0
from nnspec.problems import Edit, Problems
from nnspec.syntax import read
from nnspec.tree import Mapping as MappingNode
from nnspec.tree import Node, plain

Rewrite: TypeAlias = Callable[[str, Node], Edit | EditRefused | None]

STEPS: Mapping[int, tuple[Rewrite, ...]] = {0: from_0.REWRITES}
"""What leads from a format to the next one, by the number of the older."""

_MOST_LINES = 40


def format_of(root: Node | None) -> int | None:
    """Return the format number of a tree where it is a number, else None."""
    number = plain(root.get("netwright")) if isinstance(root, MappingNode) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def migration(text: str, root: Node | None) -> Edit | None:
    """Return the splice that brings a text of an older format to the present one.

    None where the text is not of an older format that is known, or cannot be changed safely.
    """
    number, after = format_of(root), text
    while number is not None and number in STEPS:
        for rewrite in STEPS[number]:
            after = _rewritten(after, rewrite)
        number += 1
        edit = set_value(after, read(after, Problems(after)), ("netwright",), number)
        if isinstance(edit, EditRefused):
            return None
        after = edit.apply(after)
    return minimal(text, after) if after != text else None


def shown(text: str, edit: Edit) -> tuple[str, ...]:
    """Return the lines that a migration changes: `-` those that go, `+` those that come."""
    after = edit.apply(text)
    lines = unified_diff(text.splitlines(), after.splitlines(), n=0, lineterm="")
    return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))[:_MOST_LINES]


def _rewritten(text: str, rewrite: Rewrite) -> str:
    """Do a rewrite as often as it finds something to do, each place once."""
    for _ in range(text.count("\n") + 2):
        root = read(text, Problems(text))
        edit = rewrite(text, root) if root is not None else None
        if not isinstance(edit, Edit) or edit.apply(text) == text:
            return text
        text = edit.apply(text)
    return text

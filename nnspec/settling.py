"""From a computed splice to one that may be handed out: proved, or written anew, or refused.

`settled` is the gate every edit passes. A splice that does not read back as intended is replaced by
writing the smallest enclosing value anew, where no comment would be lost by it, else refused.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

from nnspec.addresses import Path, find
from nnspec.emit import writable
from nnspec.layout import OddLayoutError, Place, holds_comment, place
from nnspec.problems import Edit, Problems, has_errors
from nnspec.splices import EditRefused, RefusalError, checked
from nnspec.syntax import read
from nnspec.tree import Node, Plain, plain
from nnspec.writing import write_value

_P = ParamSpec("_P")


def refusing(
    make: Callable[_P, Edit | EditRefused],
) -> Callable[_P, Edit | EditRefused]:
    """Turn the one exception of this module, a refusal from the depth, into its value."""

    @functools.wraps(make)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> Edit | EditRefused:
        try:
            return make(*args, **kwargs)
        except RefusalError as refusal:
            return refusal.refused

    return call


def settled(
    text: str,
    root: Node | None,
    path: Path,
    value: Plain,
    make: Callable[[], Edit],
    *,
    anew: bool = True,
) -> Edit | EditRefused:
    """Prove the splice that makes the node at `path` read as `value`, or write that node anew."""
    intended = put(plain(root), path, value)
    edit = _proved(text, intended, make)
    node = find(root, path)
    if isinstance(edit, Edit) or not (anew and path and node) or holds_comment(text, node):
        return edit
    other = _proved(text, intended, lambda: write_value(text, spot_at(text, root, path), value))
    return other if isinstance(other, Edit) else edit


def _proved(text: str, intended: Plain, make: Callable[[], Edit]) -> Edit | EditRefused:
    try:
        return checked(text, make(), intended)
    except OddLayoutError:
        return EditRefused("edit.layout", "this part of the text is written in an unusual way")


def spot_at(text: str, root: Node | None, path: Path) -> Place:
    """Return the node at `path` with its surroundings, or refuse."""
    try:
        spot = place(text, root, path)
    except OddLayoutError:
        raise RefusalError(
            "edit.layout", "this part of the text is written in an unusual way"
        ) from None
    if spot is None:
        raise RefusalError("edit.missing", f"there is nothing at {words(path)}")
    return spot


def put(data: Plain, path: Path, value: Plain) -> Plain:
    """Return `data` with the node at `path`, which exists, replaced."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(data, dict) and isinstance(head, str):
        return {**data, head: put(data[head], rest, value)}
    if not (isinstance(data, list) and isinstance(head, int)):
        return data
    return [*data[:head], put(data[head], rest, value), *data[head + 1 :]]


def words(path: Path) -> str:
    """Return `path` as a user reads it."""
    return "'" + ".".join(str(key) for key in path) + "'"


def require_writable(value: Plain) -> None:
    """Refuse a value that YAML cannot hold."""
    if not writable(value):
        raise RefusalError(
            "edit.value", "this value cannot be written: not finite, too large, or too deep"
        )


def require_readable(text: str) -> None:
    """Refuse a text that cannot be read."""
    problems = Problems(text)
    read(text, problems)
    if has_errors(problems):
        raise RefusalError("edit.unreadable", "the text has mistakes; mend them first")


def require_index(index: int, length: int) -> None:
    """Refuse an index that is none of `length` places."""
    if not 0 <= index < length:
        raise RefusalError("edit.index", f"the list has no place {index}")

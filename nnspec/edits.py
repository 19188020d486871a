"""An intention to a minimal splice of the text: law 1, made.

Every function takes a text and the tree that `nnspec.syntax.read` made of it, and returns the
`Edit` that does one thing and leaves every other byte, comment and quote alone, or an `EditRefused` that
says why not. Nothing here raises for odd text. Each edit was applied to a copy, read back and
compared with the intended data before it is returned.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

from nnspec.emit import emit, emit_key, inline, item_lines, writable
from nnspec.items import add_in_flow, add_rows, copy_item, cut, rotate
from nnspec.layout import (
    OddLayoutError,
    Path,
    Place,
    find,
    holds_comment,
    item_span,
    path_at,
    place,
    step_of,
)
from nnspec.problems import Edit, Problems, has_errors
from nnspec.snippets import Snippet
from nnspec.splices import (
    EditRefused,
    RefusalError,
    apply_all,
    checked,
    combine,
    minimal,
    same,
)
from nnspec.syntax import read
from nnspec.tree import Mapping, Node, Plain, Scalar, Sequence, plain
from nnspec.writing import add_entry, expanded, open_word, write_root, write_value

__all__ = [
    "Edit",
    "EditRefused",
    "Path",
    "Snippet",
    "apply_all",
    "checked",
    "combine",
    "delete",
    "duplicate_item",
    "emit",
    "find",
    "insert_item",
    "item_span",
    "minimal",
    "move_item",
    "path_at",
    "rename_key",
    "set_value",
]

_P = ParamSpec("_P")


def _refusing(
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


@_refusing
def set_value(
    text: str, root: Node | None, path: Path, value: Plain, *, expand: str | None = None
) -> Edit | EditRefused:
    """Write `value` at `path`: replace what is there, or add the key and the mappings on the way.

    Where the way ends at a bare word of a list (`- relu`), the word becomes a key: `("model", 1,
    "relu", "inplace")` gives `- relu: {inplace: true}`, `("model", 1, "name")` a sibling of `relu`.
    Where it ends at a single value (`linear: 64`), `expand` is the setting that the value stands
    for: `("model", 0, "linear", "bias")` with `expand="out_features"` gives
    `linear: {out_features: 64, bias: false}`. A value that is already there changes nothing.

    Args:
        text: the whole text.
        root: its tree.
        path: address of the value; list indices must exist.
        value: plain data: dicts, lists and scalars.
        expand: name of the setting that a single value on the way stands for.
    """
    _require_writable(value)
    known = _known(root, path)
    node, rest = find(root, known), path[len(known) :]
    if root is None:
        _require_readable(text)
        fresh = _nest(path, value)
        return checked(text, write_root(text, None, fresh), fresh)
    if not rest:
        if node is not None and same(plain(node), value):
            return Edit(node.span.start, node.span.start, "")
        return _settled(
            text, root, known, value, lambda: write_value(text, _spot(text, root, known), value)
        )
    if isinstance(node, Mapping):
        return _set_key(text, root, known, node, rest, value)
    return _set_below(text, root, known, rest, value, expand)


def _set_key(
    text: str, root: Node, known: Path, node: Mapping, rest: Path, value: Plain
) -> Edit | EditRefused:
    fresh = _nest(rest, value)
    key = next(iter(fresh))
    intended: Plain = {**_dict(plain(node)), **fresh}
    return _settled(
        text,
        root,
        known,
        intended,
        lambda: add_entry(text, _spot(text, root, known), node, key, fresh[key]),
    )


def _set_below(
    text: str, root: Node, known: Path, rest: Path, value: Plain, expand: str | None
) -> Edit | EditRefused:
    """Set a key below something that is not a mapping yet: nothing, a bare word, a single value."""
    node, fresh = find(root, known), _nest(rest, value)
    key = next(iter(fresh))
    spot = _spot(text, root, known)
    if isinstance(node, Scalar) and node.value is None:
        return _settled(text, root, known, fresh, lambda: write_value(text, spot, fresh))
    word = node.value if isinstance(node, Scalar) and known and isinstance(known[-1], int) else None
    if word == key:
        return _settled(text, root, known, fresh, lambda: write_value(text, spot, fresh))
    if isinstance(node, Scalar) and isinstance(word, str):
        intended: Plain = {word: None, **fresh}
        if spot.in_flow or len(_source(text, node).splitlines()) > 1:
            return _settled(text, root, known, intended, lambda: write_value(text, spot, intended))
        return _settled(text, root, known, intended, lambda: open_word(text, spot, key, fresh[key]))
    if expand is None or node is None:
        raise RefusalError("edit.single_value", f"'{key}' cannot be set: there is no mapping here")
    if (key,) == rest and key == expand:
        return _settled(text, root, known, value, lambda: write_value(text, spot, value))
    whole: Plain = {expand: plain(node), **fresh}
    line = f"{{{expanded(text, node, expand)}, {inline(fresh, flow=True)[1:]}"
    return _settled(text, root, known, whole, lambda: write_value(text, spot, whole, line))


@_refusing
def delete(text: str, root: Node | None, path: Path) -> Edit | EditRefused:
    """Remove a key or list item with its lines and the comment glued above it.

    The last child of a mapping or list leaves `{}` or `[]`.
    """
    spot = _spot(text, root, path)
    if not path or spot.parent is None:
        raise RefusalError("edit.root", "the whole document cannot be deleted as a value")
    left = [part for at, part in enumerate(_children(spot.parent)) if at != spot.index]
    return _settled(text, root, path[:-1], _like(spot.parent, left), lambda: cut(text, spot))


@_refusing
def insert_item(
    text: str, root: Node | None, path: Path, index: int, value: Plain | Snippet
) -> Edit | EditRefused:
    """Insert `value` so that it becomes item `index` of the list at `path`.

    A missing or empty list is made. A `Snippet` is inserted as it is written, with its comments.
    """
    snippet = value if isinstance(value, Snippet) else None
    values = value.items() if isinstance(value, Snippet) else [value]
    _require_writable(values)
    node = find(root, path)
    if node is None or (isinstance(node, Scalar) and node.value is None):
        _require_index(index, 1)
        return set_value(text, root, path, values)
    if not isinstance(node, Sequence):
        raise RefusalError("edit.not_a_list", "an item can only be inserted into a list")
    _require_index(index, len(node.items) + 1)
    data = [plain(item) for item in node.items]
    intended = [*data[:index], *values, *data[index:]]
    spot = _spot(text, root, path)

    def make() -> Edit:
        if not node.items and not spot.in_flow and "#" not in _source(text, node):
            return write_value(text, spot, intended)
        if node.flow:
            return add_in_flow(text, node, index, values)
        rows = snippet.rows() if snippet else _rows(values, step_of(text))
        return add_rows(text, spot, index, rows)

    return _settled(text, root, path, intended, make)


@_refusing
def move_item(text: str, root: Node | None, path: Path, old: int, new: int) -> Edit | EditRefused:
    """Move item `old` of the list at `path` so that it becomes item `new`; its comment follows."""
    spot, data = _list(text, root, path)
    _require_index(old, len(data))
    _require_index(new, len(data))
    if old == new:
        return Edit(spot.node.span.start, spot.node.span.start, "")
    data.insert(new, data.pop(old))

    def make() -> Edit:
        edit = rotate(text, spot, old, new)
        smaller = minimal(text[edit.start : edit.end], edit.text)
        return Edit(edit.start + smaller.start, edit.start + smaller.end, smaller.text)

    return _settled(text, root, path, data, make)


@_refusing
def duplicate_item(text: str, root: Node | None, path: Path, index: int) -> Edit | EditRefused:
    """Repeat item `index` of the list at `path` right behind itself, as it is written."""
    _, data = _list(text, root, path)
    _require_index(index, len(data))
    data.insert(index, data[index])
    spot = _spot(text, root, (*path, index))
    return _settled(text, root, path, data, lambda: copy_item(text, spot))


@_refusing
def rename_key(text: str, root: Node | None, path: Path, new: str) -> Edit | EditRefused:
    """Give the key at `path` the name `new`; its value, place and comments stay.

    A bare word of a list counts as a key without a value: `("model", 1, "relu")` renames `- relu`.
    """
    _require_writable(new)
    parent, old = find(root, path[:-1]), path[-1] if path else None
    if isinstance(parent, Scalar) and parent.value == old and len(path) > 1:
        spot = _spot(text, root, path[:-1])
        return _settled(text, root, path[:-1], new, lambda: write_value(text, spot, new))
    entry = parent.entry(old) if isinstance(parent, Mapping) and isinstance(old, str) else None
    if not isinstance(parent, Mapping) or entry is None:
        raise RefusalError("edit.missing", f"there is no key {_words(path)}")
    if new != old and parent.entry(new) is not None:
        raise RefusalError("edit.exists", f"there is a key '{new}' already")
    intended = {(new if e is entry else e.key): plain(e.value) for e in parent.entries}
    span, written = entry.key_span, emit_key(new, flow=parent.flow)
    return _settled(text, root, path[:-1], intended, lambda: Edit(span.start, span.end, written))


def _settled(
    text: str, root: Node | None, path: Path, value: Plain, make: Callable[[], Edit]
) -> Edit | EditRefused:
    """Check the splice that makes the node at `path` read as `value`; else write that node anew."""
    intended = _put(plain(root), path, value)
    try:
        edit = checked(text, make(), intended)
    except OddLayoutError:
        edit = EditRefused("edit.layout", "this part of the text is written in an unusual way")
    if isinstance(edit, Edit):
        return edit
    node = find(root, path)
    if path and node is not None and not holds_comment(text, node):
        anew = checked(text, write_value(text, _spot(text, root, path), value), intended)
        return anew if isinstance(anew, Edit) else edit
    return edit


def _spot(text: str, root: Node | None, path: Path) -> Place:
    try:
        spot = place(text, root, path)
    except OddLayoutError:
        raise RefusalError(
            "edit.layout", "this part of the text is written in an unusual way"
        ) from None
    if spot is None:
        raise RefusalError("edit.missing", f"there is nothing at {_words(path)}")
    return spot


def _list(text: str, root: Node | None, path: Path) -> tuple[Place, list[Plain]]:
    spot = _spot(text, root, path)
    if not isinstance(spot.node, Sequence):
        raise RefusalError("edit.not_a_list", f"{_words(path)} is not a list")
    return spot, [plain(item) for item in spot.node.items]


def _known(root: Node | None, path: Path) -> Path:
    """The longest beginning of `path` that is there."""
    length = len(path)
    while length and find(root, path[:length]) is None:
        length -= 1
    return path[:length]


def _nest(path: Path, value: Plain) -> dict[str, Plain]:
    for key in reversed(path):
        if not isinstance(key, str):
            raise RefusalError("edit.missing", f"there is no list with an item {key} here")
        value = {key: value}
    if not isinstance(value, dict):
        raise RefusalError("edit.root", "a document is made of settings, not of a single value")
    _require_writable(value)
    return value


def _put(data: Plain, path: Path, value: Plain) -> Plain:
    """Return `data` with the node at `path`, which exists, replaced."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(data, dict) and isinstance(head, str):
        return {**data, head: _put(data[head], rest, value)}
    assert isinstance(data, list) and isinstance(head, int)
    return [*data[:head], _put(data[head], rest, value), *data[head + 1 :]]


def _children(parent: Mapping | Sequence) -> list[tuple[str, Plain]]:
    if isinstance(parent, Mapping):
        return [(entry.key, plain(entry.value)) for entry in parent.entries]
    return [("", plain(item)) for item in parent.items]


def _like(parent: Mapping | Sequence, pairs: list[tuple[str, Plain]]) -> Plain:
    return dict(pairs) if isinstance(parent, Mapping) else [value for _, value in pairs]


def _dict(data: Plain) -> dict[str, Plain]:
    return data if isinstance(data, dict) else {}


def _rows(values: list[Plain], step: int) -> list[str]:
    return [row for value in values for row in item_lines(value, 0, step)]


def _source(text: str, node: Node) -> str:
    return text[node.span.start : node.span.end]


def _words(path: Path) -> str:
    return "'" + ".".join(str(key) for key in path) + "'"


def _require_index(index: int, length: int) -> None:
    if not 0 <= index < length:
        raise RefusalError("edit.index", f"the list has no place {index}")


def _require_writable(value: Plain) -> None:
    if not writable(value):
        raise RefusalError(
            "edit.value", "this value cannot be written: not finite, too large, or too deep"
        )


def _require_readable(text: str) -> None:
    problems = Problems(text)
    read(text, problems)
    if has_errors(problems):
        raise RefusalError("edit.unreadable", "the text has mistakes; mend them first")

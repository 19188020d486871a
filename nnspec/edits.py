"""An intention to a minimal splice of the text: law 1, made.

Every function takes a text and the tree that `nnspec.syntax.read` made of it, and returns the
`Edit` that does one thing and leaves every other byte, comment and quote alone, or an `EditRefused`
that says why not. Nothing here raises for odd text. Each edit was applied to a copy, read back and
compared with the intended data before it is returned.
"""

from __future__ import annotations

from nnspec.addresses import Path, find, path_at
from nnspec.emit import emit, emit_key, inline, item_lines
from nnspec.items import add_in_flow, add_rows, copy_item, cut, rotate
from nnspec.layout import Place, item_span
from nnspec.lines import step_of
from nnspec.problems import Edit, Problems
from nnspec.settling import (
    refusing,
    require_index,
    require_readable,
    require_writable,
    settled,
    spot_at,
    words,
)
from nnspec.snippets import Snippet
from nnspec.splices import EditRefused, RefusalError, apply_all, checked, combine, minimal, same
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


@refusing
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
    require_writable(value)
    known = _known(root, path)
    node, rest = find(root, known), path[len(known) :]
    if root is None:
        require_readable(text)
        fresh = _nest(path, value)
        return checked(text, write_root(text, None, fresh), fresh)
    if not rest:
        if node is not None and same(plain(node), value):
            return Edit(node.span.start, node.span.start, "")
        return settled(
            text, root, known, value, lambda: write_value(text, spot_at(text, root, known), value)
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
    return settled(
        text,
        root,
        known,
        intended,
        lambda: add_entry(text, spot_at(text, root, known), node, key, fresh[key]),
    )


def _set_below(
    text: str, root: Node, known: Path, rest: Path, value: Plain, expand: str | None
) -> Edit | EditRefused:
    """Set a key below something that is not a mapping yet: nothing, a bare word, a single value."""
    node, fresh = find(root, known), _nest(rest, value)
    key = next(iter(fresh))
    spot = spot_at(text, root, known)
    if isinstance(node, Scalar) and node.value is None:
        return settled(text, root, known, fresh, lambda: write_value(text, spot, fresh))
    word = node.value if isinstance(node, Scalar) and known and isinstance(known[-1], int) else None
    if word == key:
        return settled(text, root, known, fresh, lambda: write_value(text, spot, fresh))
    if isinstance(node, Scalar) and isinstance(word, str):
        intended: Plain = {word: None, **fresh}
        if spot.in_flow or len(_source(text, node).splitlines()) > 1:
            return settled(text, root, known, intended, lambda: write_value(text, spot, intended))
        return settled(text, root, known, intended, lambda: open_word(text, spot, key, fresh[key]))
    if expand is None or node is None:
        raise RefusalError("edit.single_value", f"'{key}' cannot be set: there is no mapping here")
    if (key,) == rest and key == expand:
        return settled(text, root, known, value, lambda: write_value(text, spot, value))
    whole: Plain = {expand: plain(node), **fresh}
    line = f"{{{expanded(text, node, expand)}, {inline(fresh, flow=True)[1:]}"
    return settled(text, root, known, whole, lambda: write_value(text, spot, whole, line))


@refusing
def delete(text: str, root: Node | None, path: Path) -> Edit | EditRefused:
    """Remove a key or list item with its lines and the comment glued above it.

    The last child of a mapping or list leaves `{}` or `[]`.
    """
    spot = spot_at(text, root, path)
    if not path or spot.parent is None:
        raise RefusalError("edit.root", "the whole document cannot be deleted as a value")
    left = [part for at, part in enumerate(_children(spot.parent)) if at != spot.index]
    return settled(text, root, path[:-1], _like(spot.parent, left), lambda: cut(text, spot))


@refusing
def insert_item(
    text: str, root: Node | None, path: Path, index: int, value: Plain | Snippet
) -> Edit | EditRefused:
    """Insert `value` so that it becomes item `index` of the list at `path`.

    A missing list is made. A `Snippet` goes into a block list as it is written, comments included;
    a list in brackets and a new one get its data.
    """
    snippet = value if isinstance(value, Snippet) else None
    values = value.items() if isinstance(value, Snippet) else [value]
    require_writable(values)
    node = find(root, path)
    if node is None:
        return _insert_first(text, root, path, index, value)
    items = () if isinstance(node, Scalar) and node.value is None else None
    items = node.items if isinstance(node, Sequence) else items
    if items is None:
        raise RefusalError("edit.not_a_list", "an item can only be inserted into a list")
    require_index(index, len(items) + 1)
    data = [plain(item) for item in items]
    intended = [*data[:index], *values, *data[index:]]
    spot = spot_at(text, root, path)

    def make() -> Edit:
        if not items and not spot.in_flow and "#" not in _source(text, node):
            return write_value(text, spot, intended, block=True)
        if not isinstance(node, Sequence):
            return write_value(text, spot, intended)
        if node.flow:
            return add_in_flow(text, node, index, values)
        rows = snippet.rows() if snippet else _rows(values, step_of(text))
        return add_rows(text, spot, index, rows)

    careful = snippet is not None and "#" in snippet.text
    return settled(text, root, path, intended, make, anew=not careful)


def _insert_first(
    text: str, root: Node | None, path: Path, index: int, value: Plain | Snippet
) -> Edit | EditRefused:
    """Make the list, then insert: two steps that leave as one splice."""
    require_index(index, 1)
    empty = set_value(text, root, path, [])
    if isinstance(empty, EditRefused):
        return empty
    between = empty.apply(text)
    filled = insert_item(between, read(between, Problems(between)), path, 0, value)
    return filled if isinstance(filled, EditRefused) else minimal(text, filled.apply(between))


@refusing
def move_item(text: str, root: Node | None, path: Path, old: int, new: int) -> Edit | EditRefused:
    """Move item `old` of the list at `path` so that it becomes item `new`; its comment follows."""
    spot, data = _list(text, root, path)
    require_index(old, len(data))
    require_index(new, len(data))
    if old == new:
        return Edit(spot.node.span.start, spot.node.span.start, "")
    data.insert(new, data.pop(old))

    def make() -> Edit:
        edit = rotate(text, spot, old, new)
        smaller = minimal(text[edit.start : edit.end], edit.text)
        return Edit(edit.start + smaller.start, edit.start + smaller.end, smaller.text)

    return settled(text, root, path, data, make)


@refusing
def duplicate_item(text: str, root: Node | None, path: Path, index: int) -> Edit | EditRefused:
    """Repeat item `index` of the list at `path` right behind itself, as it is written."""
    _, data = _list(text, root, path)
    require_index(index, len(data))
    data.insert(index, data[index])
    spot = spot_at(text, root, (*path, index))
    return settled(text, root, path, data, lambda: copy_item(text, spot))


@refusing
def rename_key(text: str, root: Node | None, path: Path, new: str) -> Edit | EditRefused:
    """Give the key at `path` the name `new`; its value, place and comments stay.

    A bare word of a list counts as a key without a value: `("model", 1, "relu")` renames `- relu`.
    """
    require_writable(new)
    parent, old = find(root, path[:-1]), path[-1] if path else None
    if isinstance(parent, Scalar) and parent.value == old and len(path) > 1:
        spot = spot_at(text, root, path[:-1])
        return settled(text, root, path[:-1], new, lambda: write_value(text, spot, new))
    entry = parent.entry(old) if isinstance(parent, Mapping) and isinstance(old, str) else None
    if not isinstance(parent, Mapping) or entry is None:
        raise RefusalError("edit.missing", f"there is no key {words(path)}")
    if new != old and parent.entry(new) is not None:
        raise RefusalError("edit.exists", f"there is a key '{new}' already")
    intended = {(new if e is entry else e.key): plain(e.value) for e in parent.entries}
    span, written = entry.key_span, emit_key(new, flow=parent.flow)
    return settled(text, root, path[:-1], intended, lambda: Edit(span.start, span.end, written))


def _list(text: str, root: Node | None, path: Path) -> tuple[Place, list[Plain]]:
    spot = spot_at(text, root, path)
    if not isinstance(spot.node, Sequence):
        raise RefusalError("edit.not_a_list", f"{words(path)} is not a list")
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
    require_writable(value)
    return value


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

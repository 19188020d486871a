"""Mends that change the list of layers: put something before a layer, name it, free it of a key.

Each takes a text and gives a `Fix`, or None where the text cannot be changed safely. They are only
offers: whoever applies one reads the text anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from nnspec.addresses import find, path_at
from nnspec.edits import delete, insert_item, move_item, set_value
from nnspec.emit import inline
from nnspec.problems import Edit, Fix, Problems, Span, nearest
from nnspec.snippets import Snippet
from nnspec.spec import Item, Path, Reference
from nnspec.splices import EditRefused, combine, minimal
from nnspec.syntax import read
from nnspec.tree import Entry, Mapping, Node, Plain, Scalar, Sequence

Layer = tuple[str, dict[str, Plain]]
"""A layer to be put in: its name and its settings."""


@lru_cache(maxsize=4)
def tree_of(text: str) -> Node | None:
    """The tree of a text whose problems are known; read once for all mends of a text."""
    return read(text, Problems(text))


def offered(words: str, edit: Edit | EditRefused) -> Fix | None:
    """A fix, where the edit can be done."""
    return (
        Fix(words, edit)
        if isinstance(edit, Edit) and (edit.text or edit.end > edit.start)
        else None
    )


def replaced(span: Span, value: Plain, words: str) -> Fix:
    """Write a value in the place of what stands at `span`."""
    return Fix(words, Edit(span.start, span.end, inline(value, flow=True)))


def set_at(
    problems: Problems, path: Path, value: Plain, words: str, main: str | None = None
) -> Fix | None:
    """Set one value; `main` is the setting that a single value on the way stands for."""
    if not problems.affordable():
        return None
    text = problems.text
    return offered(words, set_value(text, tree_of(text), path, value, expand=main))


def set_all(problems: Problems, values: Iterable[tuple[Path, Plain]], words: str) -> Fix | None:
    """Set several values, one after the other, as one fix."""
    if not problems.affordable():
        return None
    text = problems.text
    after = text
    for path, value in values:
        edit = set_value(after, read(after, Problems(after)), path, value)
        if isinstance(edit, EditRefused):
            return None
        after = edit.apply(after)
    return offered(words, minimal(text, after))


def removed(problems: Problems, path: Path, words: str) -> Fix | None:
    """Remove a key or an item."""
    if not problems.affordable():
        return None
    text = problems.text
    return offered(words, delete(text, tree_of(text), path))


def removed_at(problems: Problems, span: Span, words: str) -> Fix | None:
    """Remove the key that stands at `span`."""
    if not problems.affordable():
        return None
    text = problems.text
    path = path_at(tree_of(text), span.start)
    while path and not _begins(find(tree_of(text), path[:-1]), path[-1], span):
        path = path[:-1]
    return offered(words, delete(text, tree_of(text), path)) if path else None


def _begins(holder: Node | None, key: str | int, span: Span) -> bool:
    entry = holder.entry(str(key)) if isinstance(holder, Mapping) else None
    return entry is not None and entry.key_span == span


def renamed(problems: Problems, entry: Entry, known: Iterable[str]) -> Fix | None:
    """Give a key the nearest known name, or remove it."""
    near, span = nearest(entry.key, known), entry.key_span
    if near is None:
        return removed_at(problems, span, f"Remove '{entry.key}'")
    return Fix(f"Change it to '{near}'", Edit(span.start, span.end, near))


def without_settings(problems: Problems, item: Item) -> Fix | None:
    """Remove the settings of an item, so that its bare name stays."""
    if not problems.affordable():
        return None
    text = problems.text
    if item.settings is None or item.settings.span.start < item.kind_span.end:
        return None
    start = text.find(":", item.kind_span.end, item.settings.span.start)
    alone = set(_keys(text, item)) <= {item.kind}
    if start < 0:
        return None
    edit = Edit(start if alone else start + 1, item.settings.span.end, "")
    return offered(f"Write just '{item.kind}'", edit)


def _keys(text: str, item: Item) -> tuple[str, ...]:
    node = find(tree_of(text), item.path)
    return node.keys() if isinstance(node, Mapping) else ()


def list_place(path: Path) -> tuple[Path, int] | None:
    """The list that a path leads into and the place in it."""
    while path and not isinstance(path[-1], int):
        path = path[:-1]
    return (path[:-1], int(path[-1])) if path else None


def put_before(
    problems: Problems, item: Item, layers: tuple[Layer, ...], reference: Reference | None
) -> Fix | None:
    """Put layers before an item.

    Args:
        problems: those of the text.
        item: the item that takes their result.
        layers: what is put in, the first first.
        reference: the input of the item that they take instead of it; None where the item takes
            what stands above it.
    """
    if not problems.affordable():
        return None
    text = problems.text
    place = list_place(item.path)
    names = " and ".join(name for name, _ in layers)
    if place is None:
        return None
    if reference is None:
        rows = "\n".join(f"- {_written(*layer)}" for layer in layers)
        words = f"Put {names} before '{_label(item)}'"
        return offered(words, insert_item(text, tree_of(text), *place, Snippet(rows)))
    given = free_name(text, f"{reference.name}_fitted")
    (first, settings), *others = layers
    head = _written(first, settings)
    rows = f"- {head}{'' if settings else ':'}\n  from: {reference.name}"
    rows += "".join(f"\n- {_written(*layer)}" for layer in others)
    if others and not others[-1][1]:
        rows += ":"
    rows += f"\n  name: {given}"
    inserted = insert_item(text, tree_of(text), *place, Snippet(rows))
    renamed = Edit(reference.span.start, reference.span.end, given)
    words = f"Put {names} between '{reference.name}' and '{_label(item)}'"
    return offered(words, combine(text, (inserted, renamed)))


def put_after(problems: Problems, item: Item, layers: tuple[Layer, ...], words: str) -> Fix | None:
    """Put layers behind an item."""
    if not problems.affordable():
        return None
    text = problems.text
    place = list_place(item.path)
    if place is None:
        return None
    rows = "\n".join(f"- {_written(*layer)}" for layer in layers)
    path, index = place
    return offered(words, insert_item(text, tree_of(text), path, index + 1, Snippet(rows)))


def _label(item: Item) -> str:
    return item.name.name if item.name else item.kind


def _written(name: str, settings: dict[str, Plain]) -> str:
    """A layer as one line: `flatten`, `linear: 64`, `reshape: [1, 8]`, `conv2d: {…}`."""
    if not settings:
        return name
    values = list(settings.values())
    return f"{name}: {inline(values[0] if len(values) == 1 else dict(settings), flow=True)}"


def free_name(text: str, name: str) -> str:
    """A name that does not occur in the text."""
    count, free = 1, name
    while free in text:
        count += 1
        free = f"{name}_{count}"
    return free


def changed_to(problems: Problems, item: Item, layer: Layer) -> Fix | None:
    """Make another layer of an item that stands for itself."""
    if not problems.affordable():
        return None
    text = problems.text
    place = list_place(item.path)
    if place is None or item.sources or item.share or item.repeat:
        return None
    name, settings = layer
    only = next(iter(settings.values())) if len(settings) == 1 else None
    value: Plain = {name: only if len(settings) == 1 else dict(settings)}
    value |= {"name": item.name.name} if item.name else {}
    edit = set_value(text, tree_of(text), (*place[0], place[1]), value)
    return offered(f"Change '{item.kind}' to {name}", edit)


def named(problems: Problems, item: Item, name: str) -> Fix | None:
    """Give a layer a name."""
    return set_at(problems, (*item.path, "name"), name, f"Name the layer above '{name}'")


def moved(problems: Problems, item: Item, index: int, words: str) -> Fix | None:
    """Move an item to another place of its list."""
    if not problems.affordable():
        return None
    text = problems.text
    place = list_place(item.path)
    if place is None:
        return None
    return offered(words, move_item(text, tree_of(text), place[0], place[1], index))


def joined_first(problems: Problems, item: Item, join: str) -> Fix | None:
    """Join what an item takes by a layer of its own that is put before it."""
    if not problems.affordable():
        return None
    text = problems.text
    place = list_place(item.path)
    if place is None or not item.sources:
        return None
    path, index = place
    names = ", ".join(reference.name for reference in item.sources)
    freed = delete(text, tree_of(text), (*item.path, "from"))
    if isinstance(freed, EditRefused):
        return None
    after = freed.apply(text)
    put = insert_item(
        after, read(after, Problems(after)), path, index, Snippet(f"- {join}: [{names}]")
    )
    if isinstance(put, EditRefused):
        return None
    return offered(f"Join them with {join} first", minimal(text, put.apply(after)))


def with_previous(problems: Problems, item: Item) -> Fix | None:
    """Let a layer that joins take the result above besides the one that it names."""
    if not item.sources or len(item.sources) != 1 or not problems.affordable():
        return None
    text, place = problems.text, list_place(item.path)
    (only,) = item.sources
    if place is None or place[1] == 0 or only.name == "previous":
        return None
    plainly = isinstance(find(tree_of(text), (*item.path, "from")), Scalar | Sequence)
    path = (*item.path, "from" if plainly else item.kind)
    edit = set_value(text, tree_of(text), path, ["previous", only.name])
    return offered(f"Join '{only.name}' with the layer above", edit)

"""What a gesture does to the text: pure functions from the list of layers to one splice.

A gesture may take several edits (give the source a name, then refer to it). They are done one after
another on a draft, and what is handed out is the smallest splice from the text as it was to the
draft. Edits that leave the list's indices alone come first, so that every address stays true.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.network.drafts import (
    Change,
    Draft,
    Layers,
    fresh,
    gesture,
    named,
    reference,
    unused,
    write_sources,
)
from nnspec.edits import (
    Snippet,
    delete,
    duplicate_item,
    insert_item,
    item_span,
    move_item,
    set_value,
)
from nnspec.mentions import mended, of_item
from nnspec.problems import Edit, Problems
from nnspec.spec import Path
from nnspec.splices import RefusalError
from nnspec.syntax import read
from nnspec.tree import Plain


@gesture
def add(layers: Layers, item: Plain, index: int) -> Change:
    """Insert an item so that it becomes number `index` of the list."""
    draft = Draft(layers)
    draft.do(insert_item, layers.path, index, item)
    return draft.change(f"Add {kind_of(item)}", index)


def kind_of(item: Plain) -> str:
    """The kind of an item as it is written: its word, or its first key."""
    return next(iter(item), "layer") if isinstance(item, dict) else str(item)


@gesture
def merge(layers: Layers, kind: str, indices: Sequence[int]) -> Change:
    """Add a layer of several inputs below the lowest of the items it takes in."""
    draft = Draft(layers)
    names = [named(draft, layers, index) for index in indices]
    where = max(indices) + 1
    draft.do(insert_item, layers.path, where, {kind: list(names)})
    return draft.change(f"Add {kind}", where)


@gesture
def insert_on_wire(layers: Layers, item: Plain, source: str, target: int) -> Change:
    """Put an item into the wire from `source` (a key) to the item number `target`."""
    draft = Draft(layers)
    written = layers.sources(target)
    if len(written) == 1:
        if layers.items[target].sources is not None:
            draft.do(delete, (*layers.path, target, "from"))
        if not layers.flows(source, target):
            item = _with(item, "from", reference(draft, layers, source))
    elif written[_slot(layers, target, source)] != "previous":
        name = unused(kind_of(item), layers)
        item = _with(item, "name", name)
        if not layers.flows(source, target):
            item = _with(item, "from", source)
        written[_slot(layers, target, source)] = name
        write_sources(draft, layers, target, written)
    draft.do(insert_item, layers.path, target, item)
    return draft.change(f"Insert {kind_of(item)}", target)


def _slot(layers: Layers, target: int, source: str) -> int:
    written = layers.sources(target)
    name = source if source in written else "previous"
    if name not in written:
        raise RefusalError("wire.gone", f"'{layers.keys[target]}' does not take '{source}'")
    return written.index(name)


def _with(item: Plain, key: str, value: Plain) -> Plain:
    return {**(item if isinstance(item, dict) else {str(item): None}), key: value}


@gesture
def move(layers: Layers, old: int, new: int) -> Change:
    """Move an item so that it becomes number `new` of the list."""
    draft = Draft(layers)
    draft.do(move_item, layers.path, old, new)
    return draft.change(f"Move {layers.keys[old]}", new)


@gesture
def connect(layers: Layers, source: str, target: int) -> Change:
    """Let what leaves `source` (a key) flow into the item number `target`.

    A layer takes it in beside the others as long as it has room for more, else in the place of the
    last one. The source is given a name where it has none.
    """
    place = layers.keys.index(source) if source in layers.keys else -1
    if place >= target:
        raise RefusalError(
            "connect.order",
            f"'{layers.keys[target]}' stands above '{source}'; the list flows downward, "
            "so move it below first",
        )
    draft = Draft(layers)
    words = f"Connect {source} to {layers.keys[target]}"
    most = layers.most(target)
    if most != 1:
        name = reference(draft, layers, source)
        sources = layers.sources(target)
        if name in sources or (sources == ["previous"] and layers.flows(source, target)):
            raise RefusalError("connect.twice", "these two are connected already")
        kept = sources if most is None or len(sources) < most else sources[:-1]
        write_sources(draft, layers, target, [*kept, name])
    elif layers.flows(source, target):
        if layers.items[target].sources is None:
            raise RefusalError("connect.twice", "these two are connected already")
        draft.do(delete, (*layers.path, target, "from"))
    else:
        draft.do(set_value, (*layers.path, target, "from"), reference(draft, layers, source))
    return draft.change(words, target)


@gesture
def answer(layers: Layers, source: str, target: str) -> Change:
    """Let the item `source` (a key) answer for a target: an entry of `outputs:`."""
    draft = Draft(layers)
    name = reference(draft, layers, source)
    draft.do(set_value, ("outputs", target), name)
    return draft.change(f"Connect {source} to {target}")


@gesture
def remove(layers: Layers, indices: Sequence[int]) -> Change:
    """Delete items; what referred to one of them takes what that one took."""
    draft = Draft(layers)
    gone = {layers.keys[index]: index for index in indices}
    for index, item in enumerate(layers.items):
        if index in indices or item.sources is None:
            continue
        names = [source.name for source in item.sources]
        healed = [_heir(draft, layers, name, gone) for name in names]
        if healed != names:
            write_sources(draft, layers, index, healed)
    for index in sorted(indices, reverse=True):
        draft.do(delete, (*layers.path, index))
    words = next(iter(gone)) if len(gone) == 1 else f"{len(gone)} layers"
    after = min(indices)
    left = len(layers.items) - len(gone)
    return draft.change(f"Delete {words}", *([min(after, left - 1)] if left else []))


def _heir(draft: Draft, layers: Layers, name: str, gone: dict[str, int]) -> str:
    """Follow `name` up through the items that are deleted to the first that stays."""
    seen = set[str]()  # while a list is being mended, items may take each other's results
    while name in gone:
        index = gone[name]
        if name in seen:
            return layers.inputs[0]
        seen.add(name)
        sources = layers.sources(index)
        if sources[0] != "previous":
            name = sources[0]
        elif index == 0:
            return layers.inputs[0]
        else:
            name = layers.keys[index - 1]
    return reference(draft, layers, name)


@gesture
def duplicate(layers: Layers, indices: Sequence[int]) -> Change:
    """Repeat items right behind themselves; a copy of a named item gets a name of its own."""
    draft = Draft(layers)
    taken = set(layers.keys)
    for index in sorted(indices, reverse=True):
        draft.do(duplicate_item, layers.path, index)
        name = layers.items[index].name
        if name:
            own = fresh(name.name, taken)
            draft.do(set_value, (*layers.path, index + 1, "name"), own)
    copies = [index + 1 + shift for shift, index in enumerate(sorted(indices))]
    words = layers.keys[indices[0]] if len(indices) == 1 else f"{len(indices)} layers"
    return draft.change(f"Duplicate {words}", *copies)


def copied(layers: Layers, indices: Iterable[int]) -> str:
    """The text of items as a list of their own, comments included: what the clipboard holds."""
    tree = read(layers.text, Problems(layers.text))
    parts: list[str] = []
    for index in sorted(indices):
        span = item_span(layers.text, tree, (*layers.path, index))
        if span is not None:
            part = layers.text[span.start : span.end].rstrip("\r\n")
            in_flow = not part.lstrip().startswith(("-", "#"))
            parts.append(f"- {part}" if in_flow else part)
    return "".join(f"{part}\n" for part in parts)


@gesture
def paste(layers: Layers, text: str, index: int) -> Change:
    """Insert copied items; names that are taken are changed, and references among them too."""
    snippet = Snippet(text)
    items = snippet.items()
    draft = Draft(layers)
    draft.do(insert_item, layers.path, index, snippet)
    taken = set(layers.keys)
    renamed: dict[str, str] = {}
    for shift, item in enumerate(items):
        path = (*layers.path, index + shift)
        _rename_sources(draft, path, item, renamed)
        name = item.get("name") if isinstance(item, dict) else None
        if isinstance(name, str) and name in taken:
            renamed[name] = fresh(name, taken)
            draft.do(set_value, (*path, "name"), renamed[name])
    count = len(items)
    words = kind_of(items[0]) if count == 1 else f"{count} layers"
    return draft.change(f"Paste {words}", *range(index, index + count))


def _rename_sources(draft: Draft, path: Path, item: Plain, renamed: dict[str, str]) -> None:
    if not isinstance(item, dict):
        return
    for key in ("from", kind_of(item)):
        value = item.get(key)
        if key == "from" and isinstance(value, str) and value in renamed:
            draft.do(set_value, (*path, "from"), renamed[value])
        elif isinstance(value, list):
            for slot, name in enumerate(value):
                if isinstance(name, str) and name in renamed:
                    draft.do(set_value, (*path, key, slot), renamed[name])


@gesture
def rename(layers: Layers, index: int, new: str) -> Change:
    """Name an item, and mend every reference to it, in one step."""
    old = layers.keys[index]
    if new in layers.keys and new != old:
        raise RefusalError("rename.taken", f"another layer is named '{new}' already")
    draft = Draft(layers)
    if new and layers.items[index].name:
        draft.splice(_mended(layers, old, new))
    if new:
        draft.do(set_value, (*layers.path, index, "name"), new)
    elif layers.items[index].name:
        draft.do(delete, (*layers.path, index, "name"))
    for other, item in enumerate(layers.items):
        names = layers.sources(other)
        if new and old in names:
            write_sources(draft, layers, other, [new if name == old else name for name in names])
        if new and item.share and item.share.name == old:
            draft.do(set_value, (*layers.path, other, "share"), new)
    return draft.change(f"Rename {old} to {new}" if new else f"Remove the name of {old}", index)


def _mended(layers: Layers, old: str, new: str) -> tuple[Edit, ...]:
    """The splices for formulas and `outputs:`, which name layers of models but none of blocks."""
    place, *within = layers.path
    if layers.spec is None or place == "blocks":
        return ()
    mentions = of_item(layers.spec, old, str(within[0]) if within else "")
    if mentions and not new.isidentifier():
        raise RefusalError("rename.form", "a name has letters, digits and _, no digit first")
    return mended(layers.text, mentions, old, new)

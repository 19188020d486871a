"""A list of layers and a draft of its text, on which the edits of one gesture are tried in turn.

What is handed out is the smallest splice from the text as it was to the draft. Edits that leave the
list's indices alone come first, so that every address stays true.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec

from nnspec.catalog import Catalog
from nnspec.edits import (
    EditRefused,
    apply_all,
    find,
    minimal,
    set_value,
)
from nnspec.problems import Edit, Problems
from nnspec.spec import Item, Path, Spec
from nnspec.splices import RefusalError
from nnspec.syntax import read
from nnspec.tree import Mapping, Node, Scalar, plain
from nnspec.tree import Sequence as ListNode

_P = ParamSpec("_P")


@dataclass(frozen=True, slots=True)
class Layers:
    """One list of layers as it stands: a model's, or that of a block.

    Attributes:
        path: of the list. keys: one for each item, by which others refer to it.
        inputs: names that `from:` may use beside those of items.
        spec: the document, whose formulas mention items.
    """

    text: str
    path: Path
    items: tuple[Item, ...]
    keys: tuple[str, ...]
    catalog: Catalog
    inputs: tuple[str, ...] = ("input",)
    spec: Spec | None = None

    def many(self, index: int) -> bool:
        """Whether that item takes any number of inputs of one role."""
        kind = self.catalog.get("layer", self.items[index].kind)
        return bool(kind and kind.many)

    def most(self, index: int) -> int | None:
        """How many inputs that item takes at most; None where there is no limit."""
        kind = self.catalog.get("layer", self.items[index].kind)
        return kind.most if kind else 1

    def flows(self, source: str, index: int) -> bool:
        """Whether that item takes `source` when it says nothing."""
        if index:
            return source == self.keys[index - 1]
        return source == "input" or self.inputs[1:] == (source,)

    def sources(self, index: int) -> list[str]:
        """What flows into an item, as the names to write; `previous` for the item above."""
        written = self.items[index].sources
        return ["previous"] if written is None else [source.name for source in written]


@dataclass(frozen=True, slots=True)
class Change:
    """One step of undo: what the menu calls it, the splice, and the items to select afterwards."""

    words: str
    edit: Edit
    select: tuple[Path, ...] = ()


class Draft:
    """A copy of the text on which the edits of one gesture are tried in turn."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self.text = layers.text
        self.tree: Node | None = read(self.text, Problems(self.text))

    def do(self, edit: Callable[..., Edit | EditRefused], path: Path, *args: Any) -> None:
        """Do one edit of `nnspec.edits`, or refuse the gesture."""
        made = edit(self.text, self.tree, path, *args)
        if isinstance(made, EditRefused):
            raise RefusalError(made.code, made.message)
        self.text = made.apply(self.text)
        self.tree = read(self.text, Problems(self.text))

    def splice(self, edits: Sequence[Edit]) -> None:
        """Do edits that were all computed on the text as it stands."""
        self.text = apply_all(self.text, edits)
        self.tree = read(self.text, Problems(self.text))

    def change(self, words: str, *select: int) -> Change:
        """Hand out what was drafted."""
        paths = tuple((*self._layers.path, index) for index in select)
        return Change(words, minimal(self._layers.text, self.text), paths)


def gesture(make: Callable[_P, Change]) -> Callable[_P, Change | EditRefused]:
    """Turn a refusal from within into the value the caller gets."""

    def call(*args: _P.args, **kwargs: _P.kwargs) -> Change | EditRefused:
        try:
            return make(*args, **kwargs)
        except RefusalError as refusal:
            return refusal.refused

    call.__name__, call.__doc__ = make.__name__, make.__doc__
    return call


def reference(draft: Draft, layers: Layers, source: str) -> str:
    """The name to write for a source: an input's, or an item's, given if it has none."""
    if source not in layers.keys:
        return source
    return named(draft, layers, layers.keys.index(source))


def named(draft: Draft, layers: Layers, index: int) -> str:
    """The name of an item, given to it now if it has none."""
    item = layers.items[index]
    if item.name:
        return item.name.name
    written = find(draft.tree, (*layers.path, index, "name"))
    if isinstance(written, Scalar):
        return written.text
    name = unused(item.kind, layers, own=index)
    draft.do(set_value, (*layers.path, index, "name"), name)
    return name


def unused(kind: str, layers: Layers, own: int | None = None) -> str:
    """A name after `kind` that nothing in the list has."""
    taken = {key for at, key in enumerate(layers.keys) if at != own} | {"input", "previous"}
    return (
        layers.keys[own]
        if own is not None and layers.keys[own] not in taken
        else fresh(kind, taken)
    )


def fresh(name: str, taken: set[str]) -> str:
    """A name like `name` that is not taken, and now is."""
    stem = name.rstrip("0123456789").rstrip("_") or name
    number = 2
    fresh = name
    while fresh in taken:
        fresh = f"{stem}_{number}"
        number += 1
    taken.add(fresh)
    return fresh


def write_sources(draft: Draft, layers: Layers, index: int, names: Sequence[str]) -> None:
    """Write what an item takes: as the list of its kind where it is one, or after `from:`."""
    item, path = layers.items[index], (*layers.path, index)
    many = layers.many(index)
    as_list = isinstance(item.settings, ListNode) or (
        many and not isinstance(item.settings, Mapping)
    )
    written = find(draft.tree, (*path, "from"))
    in_place = item.sources is not None and written is None  # `bilinear: [a, b]`
    if in_place or (many and as_list and written is None):
        target: Path = (*path, item.kind)
    else:
        target = (*path, "from")
    now = plain(find(draft.tree, target))
    if isinstance(now, list) and len(now) == len(names):
        for slot, name in enumerate(names):
            draft.do(set_value, (*target, slot), name)
        return
    single = len(names) == 1 and not as_list
    draft.do(set_value, target, names[0] if single else list(names))

"""Who takes whose result, in one list of layers: names are resolved, nothing is computed yet.

A list (the model, or the layers of a block) is wired once, however often it is used, so that a
mistake in a block is reported once. What cannot be resolved is reported and becomes a wire from
nowhere, which makes everything behind it unknown instead of wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from nnspec.catalog import Catalog, Kind
from nnspec.item_settings import inside, layer_entries
from nnspec.mends import joined_first, moved, named, removed, with_previous
from nnspec.problems import Edit, Fix, Problems, nearest, suggestion
from nnspec.reading import address
from nnspec.spec import Block, Item, Reference

ENTRY = -1
NOWHERE = -2


@dataclass(frozen=True, slots=True)
class Wire:
    """Where an item takes one input from.

    Attributes:
        index: the item of the same list; `ENTRY` for what enters the list; `NOWHERE` if unknown.
        label: how messages call it: the name as written, else the item's name or kind.
        input: the data's input, where it is one that is named, else "".
    """

    index: int
    label: str
    input: str = ""


@dataclass(frozen=True, slots=True)
class Wired:
    """An item with its resolved kind, its name that no other of the list has, and its wires.

    `share` is the index of the item whose weights it uses, `NOWHERE` if that is unknown.
    """

    item: Item
    name: str
    kind: Kind | Block | None
    sources: tuple[Wire, ...]
    share: int | None

    @property
    def label(self) -> str:
        """How messages call it: the user's name for it, else its kind."""
        return self.item.name.name if self.item.name else self.item.kind


@dataclass(frozen=True, slots=True)
class Offer:
    """The names that reach the top of the model from the data; all empty inside a block.

    Attributes:
        inputs: the names `from:` may use.
        possible: further names it may use, while the data is not known.
        several: whether there are several and none is the default, so that one must be named.
        outputs: names of items whose result leaves the network although no item takes it.
    """

    inputs: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    several: bool = False
    outputs: tuple[str, ...] = ()


def wire(
    items: tuple[Item, ...],
    blocks: Mapping[str, Block],
    catalog: Catalog,
    offer: Offer,
    problems: Problems,
) -> tuple[Wired, ...]:
    """Resolve the names of one list; report what is unknown, out of order, unused or too much."""
    return _Wiring(items, blocks, catalog, offer, problems).whole()


class _Wiring:
    def __init__(
        self,
        items: tuple[Item, ...],
        blocks: Mapping[str, Block],
        catalog: Catalog,
        offer: Offer,
        problems: Problems,
    ) -> None:
        self._items = items
        self._blocks = blocks
        self._catalog = catalog
        self._offer = offer
        self._problems = problems
        self._broken = False
        self._places: dict[str, int] = {}
        for index, item in enumerate(items):
            if item.name:
                self._places.setdefault(item.name.name, index)
        self._names = _unique_names(items, (*self._places, *offer.inputs))

    def whole(self) -> tuple[Wired, ...]:
        wired = tuple(self._wired(index, item) for index, item in enumerate(self._items))
        if not self._broken:
            self._report_unused(wired)
        return wired

    def _wired(self, index: int, item: Item) -> Wired:
        kind = self._kind(item)
        if item.name and item.name.name in self._offer.inputs:
            self._report(
                "name.input",
                item.name,
                item,
                f"'{item.name.name}' is the name of an input of the data",
                "choose another name",
            )
        sources = self._sources(index, item)
        if kind is not None:
            self._check_number(kind, item, sources)
        return Wired(item, self._names[index], kind, sources, self._share(index, item))

    def _kind(self, item: Item) -> Kind | Block | None:
        kind = self._catalog.get("layer", item.kind) or self._blocks.get(item.kind)
        if isinstance(kind, Kind) and kind.wraps:
            return self._wrapping(kind, item)
        if kind is not None:
            return kind
        known = (*self._catalog.names("layer"), *self._blocks)
        near = nearest(item.kind, known) or self._catalog.nearest("layer", item.kind)
        span = item.kind_span
        fix = Fix(f"Change it to '{near}'", Edit(span.start, span.end, near)) if near else None
        self._problems.add(
            "layer.unknown",
            span,
            f"unknown layer '{item.kind}'",
            path=address(item.path),
            hint=f"did you mean '{near}'?"
            if near
            else suggestion(item.kind, known, kinds="layers"),
            fix=fix,
        )
        return None

    def _wrapping(self, kind: Kind, item: Item) -> Kind | None:
        """Return a layer that wraps another with the kind of that; None where it holds none."""
        holder = item
        if item.settings is None and item.share:  # the layer comes with the weights
            place = self._places.get(item.share.name)
            holder = item if place is None else self._items[place]
        inner = inside(holder)
        if inner is holder:
            more = [
                f", and '{entry.key}' is one too many" for entry in layer_entries(item.settings)
            ]
            words = "".join(("wraps one layer", *more[1:2]))
            self._misplaced(kind, item, item, words)
            return None
        found = self._catalog.get("layer", inner.kind)
        if found is not None and found.can_be_wrapped:
            return replace(kind, inner=found)
        if found is not None:
            words = f"cannot wrap '{inner.kind}', which has no weights of that kind"
            self._misplaced(kind, item, inner, words)
        elif inner.kind in self._blocks:
            words = f"wraps one layer, and '{inner.kind}' is a block"
            self._misplaced(kind, item, inner, words)
        else:
            self._kind(inner)
        return None

    def _misplaced(self, kind: Kind, item: Item, at: Item, words: str) -> None:
        self._problems.add(
            "layer.wraps",
            at.kind_span,
            f"'{kind.name}' {words}",
            path=address(item.path),
            hint=f"write it around a layer with weights: - {kind.name}: {{linear: 64}}",
        )

    def _sources(self, index: int, item: Item) -> tuple[Wire, ...]:
        if not item.sources:
            return (self._above(index, item),)
        return tuple(self._resolve(index, item, reference) for reference in item.sources)

    def _above(self, index: int, item: Item) -> Wire:
        if index == 0:
            return self._entry(item, None)
        above = self._items[index - 1]
        return Wire(index - 1, above.name.name if above.name else above.kind)

    def _entry(self, item: Item, reference: Reference | None) -> Wire:
        if not self._offer.several:
            return Wire(ENTRY, "input")
        names = self._offer.inputs
        self._report(
            "input.which",
            reference,
            item,
            f"the data has {len(names)} inputs, and this layer does not say which it takes",
            f"add from: and one of {', '.join(names)}",
        )
        return Wire(NOWHERE, "input")

    def _resolve(self, index: int, item: Item, reference: Reference) -> Wire:
        name = reference.name
        if name == "input":
            return self._entry(item, reference)
        if name == "previous":
            return self._above(index, item)
        place = self._places.get(name)
        if place is not None and place < index:
            return Wire(place, name)
        if name in self._offer.inputs or (place is None and name in self._offer.possible):
            return Wire(ENTRY, name, name)
        if place is not None:
            self._report(
                "reference.forward",
                reference,
                item,
                f"'{name}' comes later" if place > index else f"'{name}' takes its own result",
                "a layer takes results of layers above it: move one of them",
                self._reordered(index, place),
            )
        else:
            self._report_unknown(index, item, reference)
        return Wire(NOWHERE, name)

    def _report_unknown(self, index: int, item: Item, reference: Reference) -> None:
        name = reference.name
        known = [known for known, place in self._places.items() if place < index]
        known += [*self._offer.inputs, "input", "previous"]
        near = nearest(name, known)
        hint = suggestion(name, known, kinds="names")
        if near is None and any(above.kind == name for above in self._items[:index]):
            hint = f"give that layer a name first, for example: name: my_{name}"
        span, fix = reference.span, _renaming(reference, known)
        if fix is None:
            nameless = [
                above for above in self._items[:index] if above.kind == name and above.name is None
            ]
            fix = named(self._problems, nameless[-1], name) if nameless else None
        self._problems.add(
            "reference.unknown",
            span,
            f"there is no layer named '{name}' above",
            path=address(item.path),
            hint=hint,
            fix=fix,
        )
        self._broken = True

    def _reordered(self, index: int, later: int) -> Fix | None:
        """Bring what is named and what names it into the right order; which moves is a guess."""
        if later <= index:
            return None
        other = self._items[later]
        apart = other.sources and all(
            self._places.get(each.name, ENTRY) < index and each.name != "previous"
            for each in other.sources
        )
        if apart:
            words = f"Move '{_label(other)}' up"
            return moved(self._problems, other, index, words)
        item = self._items[index]
        return moved(self._problems, item, later, f"Move '{_label(item)}' below '{_label(other)}'")

    def _check_number(self, kind: Kind | Block, item: Item, sources: tuple[Wire, ...]) -> None:
        fewest, most = (1, 1) if isinstance(kind, Block) else (kind.fewest, kind.most)
        if most is not None and len(sources) > most:
            one = most == 1
            self._report(
                "inputs.many",
                None,
                item,
                f"'{item.kind}' takes {'one input' if one else _listed(kind)} "
                f"but gets {len(sources)}",
                "join them first with add or concat" if one else f"name them: {_example(kind)}",
                joined_first(self._problems, item, "concat") if one else None,
            )
        elif len(sources) < fewest:
            words = "joins two or more results" if most is None else f"takes {_listed(kind)}"
            self._report(
                "inputs.few",
                None,
                item,
                f"'{item.kind}' {words}",
                f"name them: {_example(kind)}",
                with_previous(self._problems, item) if most is None else None,
            )
        elif fewest > 1 and item.repeat is not None:
            self._report(
                "repeat.inputs",
                None,
                item,
                f"'{item.kind}' cannot be repeated: it takes several inputs",
                "repeat a block instead",
                removed(self._problems, (*item.path, "repeat"), "Remove 'repeat'"),
            )

    def _share(self, index: int, item: Item) -> int | None:
        if item.share is None:
            return None
        place = self._places.get(item.share.name)
        if place is None or place >= index:
            known = [known for known, at in self._places.items() if at < index]
            self._report(
                "share.unknown",
                item.share,
                item,
                f"there is no layer named '{item.share.name}' above to share weights with",
                suggestion(item.share.name, known, kinds="names"),
                _renaming(item.share, known),
            )
            return NOWHERE
        other = self._items[place]
        if other.kind != item.kind:
            self._report(
                "share.kind",
                item.share,
                item,
                f"'{item.kind}' cannot use the weights of '{other.kind}'",
                f"weights are shared between layers of one kind: make this '{other.kind}'",
                removed(self._problems, (*item.path, "share"), "Remove 'share'"),
            )
            return NOWHERE
        if item.repeat is not None or other.repeat is not None:
            self._report(
                "share.repeat",
                item.share,
                item,
                "a repeated layer has weights of its own for each repetition",
                "remove repeat: or share:",
                removed(self._problems, (*item.path, "share"), "Remove 'share'"),
            )
            return NOWHERE
        return place

    def _report(
        self,
        code: str,
        reference: Reference | None,
        item: Item,
        message: str,
        hint: str,
        fix: Fix | None = None,
    ) -> None:
        span = reference.span if reference else item.kind_span
        self._problems.add(code, span, message, path=address(item.path), hint=hint, fix=fix)
        self._broken = True

    def _report_unused(self, wired: tuple[Wired, ...]) -> None:
        used = {source.index for each in wired for source in each.sources}
        for index, each in enumerate(wired[:-1]):
            if index not in used and each.name not in self._offer.outputs:
                self._problems.add(
                    "output.unused",
                    each.item.kind_span,
                    f"nothing uses the result of '{each.label}'",
                    path=address(each.item.path),
                    hint="remove it, or name it in the from: of a later layer",
                    severity="warning",
                )


def _label(item: Item) -> str:
    return item.name.name if item.name else item.kind


def _renaming(reference: Reference, known: Iterable[str]) -> Fix | None:
    """Write the nearest known name in the place of an unknown one."""
    near, span = nearest(reference.name, known), reference.span
    return Fix(f"Change it to '{near}'", Edit(span.start, span.end, near)) if near else None


def _listed(kind: Kind | Block) -> str:
    """The inputs of a layer in words: `query, memory and perhaps mask`."""
    takes = kind.takes if isinstance(kind, Kind) else ("input",)
    needed = [name for name in takes if not name.endswith("?")]
    perhaps = [name[:-1] for name in takes if name.endswith("?")]
    words = f"{len(needed)} inputs ({', '.join(needed)})" if len(needed) > 1 else "one input"
    return f"{words} and perhaps {' and '.join(perhaps)}" if perhaps else words


def _example(kind: Kind | Block) -> str:
    """How the inputs are named: `add: [ONE, TWO]`, `from: [QUERY, MEMORY]`."""
    if not isinstance(kind, Kind) or kind.many:
        return f"{kind.name}: [ONE, TWO]"
    return f"from: [{', '.join(name.rstrip('?').upper() for name in kind.takes)}]"


def _unique_names(items: tuple[Item, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    """Name every item: as given, else its kind, else its kind and a number, none of them twice."""
    used = set(taken)
    given = set[str]()
    counts: dict[str, int] = {}
    names: list[str] = []
    for item in items:
        if item.name and item.name.name not in given:
            given.add(item.name.name)
            names.append(item.name.name)
            continue
        counts[item.kind] = counts.get(item.kind, 0) + 1
        name = item.kind if counts[item.kind] == 1 else f"{item.kind}_{counts[item.kind]}"
        while name in used:
            counts[item.kind] += 1
            name = f"{item.kind}_{counts[item.kind]}"
        used.add(name)
        names.append(name)
    return tuple(names)

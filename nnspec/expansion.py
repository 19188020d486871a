"""Expands a wired model: every use of a block, every repetition, until single layers are left.

Each layer gets its id, its settings, the shape that leaves it and the count of its parameters.
Behind a layer that fails nothing further is reported: shapes there are None.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nnspec.catalog import Catalog, Kind
from nnspec.expressions import Scope
from nnspec.faults import FaultReport, Signal
from nnspec.item_settings import (
    auto_settings,
    block_scope,
    inside,
    read_layer,
    read_repeat,
)
from nnspec.problems import Problems, Span
from nnspec.reading import address
from nnspec.shapes import Fault, Interface, Shape, width_of
from nnspec.spec import Block, Item, Path
from nnspec.wiring import NOWHERE, Wire, Wired

MOST_NODES = 5_000
DEEPEST_BLOCK = 32
LARGEST_RESULT = 10**11
MOST_PARAMETERS = 2**37
"""Of a layer and of all layers together: half a terabyte."""


@dataclass(frozen=True, slots=True)
class Node:
    """One layer of the expanded network.

    Attributes:
        id: unique in the graph: names of block uses and the layer's own, joined by `/`.
        name: the last part of the id.
        layer: the kind's dataclass with its settings; None where they could not be read.
        inputs: ids of nodes or of inputs of the graph. An id that is in neither stands for a layer
            that could not be read, or for the data's input while the data is unknown.
        shape: what leaves it, for one sample; None where unknown.
        parameters: trainable numbers of its own; 0 where it shares another node's.
        macs: multiply-adds for one sample.
        path, span: the item it comes from, in the model or in a block.
        item: index of the item of `model:`, or of its model's `layers:`, it comes from.
        shares: id of the node whose weights it uses, or None.
    """

    id: str
    name: str
    kind: Kind
    layer: Any
    inputs: tuple[str, ...]
    shape: Shape | None
    parameters: int
    macs: int
    path: Path
    span: Span
    item: int
    shares: str | None


@dataclass(frozen=True, slots=True)
class _List:
    """One list of layers at the place where it is expanded.

    Attributes:
        items: its layers.
        scope: the parameters they see.
        prefix: what their ids begin with: "", the name of one of several models and `/`, or the id
            of the block's use and `/`.
        entry: what enters the list.
        inputs: what enters it by name; {} in a block.
        uses: the items that use the blocks it stands in, outermost first.
        twin: prefix of the use of the same block whose weights all layers use, or None.
    """

    items: tuple[Wired, ...]
    scope: Scope
    prefix: str
    entry: Signal
    inputs: Mapping[str, Signal] = field(default_factory=dict[str, Signal])
    uses: tuple[Item, ...] = ()
    twin: str | None = None


@dataclass(frozen=True, slots=True)
class _Made:
    """What a name stands for once it is expanded, for those that share its weights.

    Attributes:
        given: the layer with its settings, or the parameters of a block.
        inputs: the shapes it took.
    """

    given: Any
    inputs: tuple[Shape | None, ...]


class Expansion:
    """Walks the models, using every block as often as it is used, and collects the nodes.

    Attributes:
        answers: the target that an item answers for, by its name in `results`: what `auto` is.
        nodes: by id.
        results: what leaves each item of a model, by its name with that of its model before it.
    """

    def __init__(
        self,
        document: Scope,
        blocks: Mapping[str, tuple[Wired, ...]],
        interface: Interface | None,
        catalog: Catalog,
        problems: Problems,
    ) -> None:
        self.answers: dict[str, str] = {}
        self.nodes: dict[str, Node] = {}
        self.results: dict[str, Signal] = {}
        self.faults = FaultReport(problems, catalog)
        self._problems = problems
        self._document = document
        self._blocks = blocks
        self._interface = interface
        self._made: dict[str, _Made] = {}
        self._count = 0
        self._uses = 0
        self._weights = 0
        self._full = False

    def model(
        self, items: tuple[Wired, ...], entry: Signal, inputs: Mapping[str, Signal], name: str = ""
    ) -> Signal:
        """Expand a model; return what leaves its last layer.

        Args:
            items: its layers.
            entry: what `input` means in it.
            inputs: what enters it by name.
            name: that of one of several models; "" for the only one.
        """
        prefix = f"{name}/" if name else ""
        return self._expand(_List(items, self._document, prefix, entry, inputs))

    @property
    def _is_full(self) -> bool:
        """Whether there are too many layers, or uses of blocks, which may hold no layer at all."""
        return max(self._count, self._uses) > MOST_NODES

    def _expand(self, layers: _List) -> Signal:
        results: list[Signal] = []
        for wired in layers.items:
            sources = tuple(self._signal(source, layers, results) for source in wired.sources)
            result = self._item(wired, sources, layers)
            results.append(result)
            if not layers.uses:
                self.results[layers.prefix + wired.name] = result
            if self._is_full:
                break
        return results[-1] if results else layers.entry

    def _signal(self, source: Wire, layers: _List, results: list[Signal]) -> Signal:
        if source.index >= 0:
            made = results[source.index]
            return Signal(made.id, made.shape, source.label, made.span)
        if source.index == NOWHERE:
            return Signal("?", None, source.label, None)
        if source.input:
            lost = Signal(source.input, None, source.input, None)
            return layers.inputs.get(source.input, lost)
        entry = layers.entry
        return Signal(entry.id, entry.shape, source.label, entry.span)

    def _item(self, wired: Wired, sources: tuple[Signal, ...], layers: _List) -> Signal:
        item = wired.item
        lost = Signal(layers.prefix + wired.name, None, wired.label, item.span)
        times = read_repeat(item, layers.scope, self._problems)
        if wired.kind is None or wired.share == NOWHERE or times is None:
            return lost
        given = self._given(wired, wired.kind, layers)
        result = lost
        for turn in range(times):
            name = wired.name if item.repeat is None else f"{wired.name}.{turn + 1}"
            if isinstance(wired.kind, Block):
                result = self._use(wired, name, sources, layers, given)
            else:
                result = self._layer(wired, wired.kind, name, sources, layers, given)
            if self._is_full:
                self._report_full(item, layers)
                return lost
            sources = (result,)
        return result

    def _given(self, wired: Wired, kind: Kind | Block, layers: _List) -> Any | None:
        """Return the layer of `wired`, or the scope of a block; None when it cannot be read."""
        item = wired.item
        twin = None
        if wired.share is not None:
            twin = self._made.get(layers.prefix + layers.items[wired.share].name)
            if twin is None or item.settings is None:
                return twin and twin.given
        if isinstance(kind, Block):
            given = block_scope(item, kind, layers.scope, self._document, self._problems)
        else:
            layer = read_layer(item, kind, layers.scope, self._problems)
            given = self._filled(item, kind, layer, layers.prefix + wired.name)
        if twin is not None and given is not None and given != twin.given:
            self._report(
                "share.settings",
                item,
                f"'{item.kind}' has other settings than the layer whose weights it uses",
                "remove these settings: they come with the weights",
            )
            return None
        return given

    def _filled(self, item: Item, kind: Kind, layer: Any | None, place: str) -> Any | None:
        """Replace `auto` by the number of outputs that the target of this item needs.

        `place` is the item's name with what stands before it in ids.
        """
        if kind.inner is not None:
            inner = self._filled(inside(item), kind.inner, layer and layer.inner, place)
            return None if inner is None else kind.make(inner)
        names = [name for name in auto_settings(kind.make) if getattr(layer, name, None) == "auto"]
        if layer is None or not names or self._interface is None:
            return layer
        needs = self._interface.targets
        only = next(iter(needs)) if len(needs) == 1 else self.answers.get(place)
        width = width_of(needs[only]) if only is not None and only in needs else None
        if isinstance(width, int):
            return dataclasses.replace(layer, **dict.fromkeys(names, width))
        count = f"{len(needs)} targets" if needs else "no target"
        self._report(
            "auto.target",
            item,
            f"'auto' cannot be worked out: the data has {count}",
            f"write the number: {item.kind}: {{{names[0]}: …}}",
        )
        return None

    def _place(
        self, wired: Wired, name: str, sources: tuple[Signal, ...], layers: _List, given: Any
    ) -> str | None:
        """Note what `name` stands for; return the id it shares weights with, or None."""
        shapes = tuple(source.shape for source in sources)
        self._made[layers.prefix + name] = _Made(given, shapes)
        if wired.share is None:
            return layers.twin and layers.twin + name
        twin = layers.prefix + layers.items[wired.share].name
        known = self._made[twin].inputs if twin in self._made else shapes
        if known != shapes and None not in (*known, *shapes):
            self._report(
                "share.shape",
                wired.item,
                f"'{wired.item.kind}' takes {_joined(shapes)}, but the layer whose weights it uses "
                f"takes {_joined(known)}",
                "weights are shared between layers that take the same shape",
            )
        return twin

    def _use(
        self, wired: Wired, name: str, sources: tuple[Signal, ...], layers: _List, given: Any
    ) -> Signal:
        """Expand one use of a block."""
        item = wired.item
        id = layers.prefix + name
        lost = Signal(id, None, wired.label, item.span)
        self._uses += 1
        items = self._blocks.get(item.kind)
        if given is None or not items or len(sources) != 1:
            return lost
        if len(layers.uses) >= DEEPEST_BLOCK:
            self._report(
                "block.too_deep",
                item,
                f"blocks stand more than {DEEPEST_BLOCK} deep in each other",
                "use fewer levels of blocks",
            )
            return lost
        twin = self._place(wired, name, sources, layers, given)
        (source,) = sources
        entry = Signal(source.id, source.shape, "input", source.span)
        inner = _List(
            items, given, f"{id}/", entry, {}, (*layers.uses, item), f"{twin}/" if twin else None
        )
        result = self._expand(inner)
        return Signal(result.id, result.shape, wired.label, item.span)

    def _layer(
        self,
        wired: Wired,
        kind: Kind,
        name: str,
        sources: tuple[Signal, ...],
        layers: _List,
        given: Any,
    ) -> Signal:
        """Add one node."""
        item = wired.item
        self._count += 1
        twin = self._place(wired, name, sources, layers, given)
        original = self.nodes.get(twin) if twin else None
        shape, parameters, macs = self._sizes(item, kind, given, sources, layers.uses)
        top = layers.uses[0] if layers.uses else item
        node = Node(
            id=layers.prefix + name,
            name=name,
            kind=kind,
            layer=given,
            inputs=tuple(source.id for source in sources),
            shape=shape,
            parameters=0 if original else parameters,
            macs=macs,
            path=item.path,
            span=item.span,
            item=int(top.path[-1]),
            shares=(original.shares or original.id) if original else None,
        )
        self.nodes[node.id] = node
        self._weigh(item, node.parameters, layers.uses)
        return Signal(node.id, shape, wired.label, item.span)

    def _weigh(self, item: Item, parameters: int, uses: tuple[Item, ...]) -> None:
        """Report the layer with which all weights together become too many."""
        before, self._weights = self._weights, self._weights + parameters
        if before <= MOST_PARAMETERS < self._weights:
            what, hint = "weights and those of the layers above", "use fewer or smaller layers"
            self.faults.too_large(item, what, self._weights, hint, uses)

    def _sizes(
        self,
        item: Item,
        kind: Kind,
        layer: Any,
        sources: tuple[Signal, ...],
        uses: tuple[Item, ...],
    ) -> tuple[Shape | None, int, int]:
        """Return shape, parameters and multiply-adds of a layer; None and 0 where unknown."""
        shapes = tuple(source.shape for source in sources if source.shape is not None)
        fits = kind.fewest <= len(sources) <= (kind.most or len(sources))
        if layer is None or len(shapes) < len(sources) or not fits:
            return None, 0, 0
        shape = layer.shape(*shapes)
        if isinstance(shape, Fault):
            faulty = inside(item) if kind.inner else item
            trial = None if kind.inner else layer
            self.faults.fault(faulty, kind.inner or kind, shape, sources, uses, trial)
            return None, 0, 0
        if uses or item.repeat is not None:
            self.faults.fits[item.path] += 1
        self.faults.missing_library(item, kind, layer, uses)
        numbers = math.prod(size for size in shape.sizes if isinstance(size, int))
        if numbers > LARGEST_RESULT:
            self.faults.too_large(item, "result", numbers, "make its sizes smaller", uses)
            return None, 0, 0
        parameters = layer.parameters(*shapes)
        if parameters > MOST_PARAMETERS:
            hint = "make it smaller, or its input with pooling before it"
            self.faults.too_large(item, "weights", parameters, hint, uses)
            return None, 0, 0
        return shape, parameters, layer.macs(*shapes)

    def _report_full(self, item: Item, layers: _List) -> None:
        """Say once that the model is too long, at what is repeated or else at the outermost."""
        if not self._full and (item.repeat is not None or not layers.uses):
            self._full = True
            self._report(
                "model.too_many",
                item,
                f"with '{item.kind}' the model has more than {MOST_NODES:,} layers",
                "repeat it less often",
            )

    def _report(self, code: str, item: Item, message: str, hint: str) -> None:
        self._problems.add(code, item.kind_span, message, path=address(item.path), hint=hint)


def _joined(shapes: tuple[Shape | None, ...]) -> str:
    return " and ".join(str(shape) for shape in shapes)

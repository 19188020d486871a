"""What the canvas shows of an analysis, as plain data: a card for every item, and wires.

One list of layers is one picture: the model, or the layers of one block (`scope`). The picture is a
pure function of the analysis, so that the scene only has to compare the new one with the old one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.network.canvas.blame import Blame, Severity
from nnspec.catalog import Catalog
from nnspec.document import Analysis
from nnspec.graph import Graph
from nnspec.problems import Span
from nnspec.shapes import Shape
from nnspec.spec import Item, Path, Spec
from nnspec.tree import Node, Plain, plain

Role = Literal["layer", "block", "unknown", "input", "output"]

INPUT = "input:"
OUTPUT = "output:"
"""Prefixes of the keys of the nodes that stand for data; no item's name holds a colon."""


@dataclass(frozen=True, slots=True)
class Card:
    """One node of the canvas.

    Attributes:
        title: the item's name, or its kind. kind: what a spec writes. group: the palette's heading.
        note: the settings as written, in short. repeat: "× 3" or "". layers: how many a block
        holds. shape: what leaves the node, or "". parameters, macs: of all it stands for. severity,
        words: the worst problem and all of them in a sentence each. path, span: of the item in the
        text; data nodes have the empty path. index: its place in the list; -1 for data.
    """

    key: str
    role: Role
    title: str
    kind: str
    group: str = ""
    note: str = ""
    repeat: str = ""
    layers: int = 0
    shape: str = ""
    parameters: int = 0
    macs: int = 0
    severity: Severity = ""
    words: str = ""
    path: Path = ()
    span: Span | None = None
    index: int = -1


@dataclass(frozen=True, slots=True)
class Wire:
    """What flows from card to card; `slot` of `slots` says which input of the target it is."""

    source: str
    target: str
    slot: int = 0
    slots: int = 1
    shape: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells this wire from all others."""
        return (self.source, self.target, self.slot)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the canvas shows. `scope` is the block that is open, or "" for the model."""

    scope: str = ""
    cards: tuple[Card, ...] = ()
    wires: tuple[Wire, ...] = ()
    items: tuple[Item, ...] = ()
    written: bool = False

    def card(self, key: str) -> Card | None:
        """The card of that key, or None."""
        return next((card for card in self.cards if card.key == key), None)


@dataclass(slots=True)
class _Facts:
    """What the graph says of one item: several graph nodes where it is a block or repeated."""

    shape: str = ""
    parameters: int = 0
    macs: int = 0


def items_of(spec: Spec, scope: str) -> tuple[Item, ...]:
    """The list of layers that `scope` names: the model's for "", else the block's."""
    if not scope:
        return spec.model or ()
    block = spec.blocks.get(scope)
    return block.items if block else ()


def list_path(scope: str) -> Path:
    """Where that list stands in the document."""
    return ("blocks", scope, "layers") if scope else ("model",)


def item_keys(items: Sequence[Item]) -> tuple[str, ...]:
    """A key for every item: its name, else its kind, numbered from the second on."""
    taken = {item.name.name for item in items if item.name}
    counts: dict[str, int] = {}
    keys: list[str] = []
    for item in items:
        key = item.name.name if item.name else _unused(item.kind, counts, taken)
        while key in keys:  # two items of one name: a problem of the text, but both are shown
            key += "'"
        keys.append(key)
    return tuple(keys)


def _unused(kind: str, counts: dict[str, int], taken: set[str]) -> str:
    while True:
        counts[kind] = counts.get(kind, 0) + 1
        key = kind if counts[kind] == 1 else f"{kind}_{counts[kind]}"
        if key not in taken:
            return key


def draw(analysis: Analysis, catalog: Catalog, scope: str = "", classes: int = 0) -> Picture:
    """Make the picture of one list of layers; `classes` are the target's, where it has any."""
    items = items_of(analysis.spec, scope)
    keys = item_keys(items)
    facts = _facts(analysis.graph, items, keys, scope)
    blame = Blame(analysis.problems, items, analysis.spec)
    cards = [
        _card(item, key, index, analysis.spec, catalog, facts[index], blame)
        for index, (item, key) in enumerate(zip(items, keys, strict=True))
    ]
    inputs = _inputs(analysis, scope)
    outputs = _outputs(analysis, scope, classes)
    shapes = {card.key: card.shape for card in (*inputs, *cards)}
    wires = _wires(items, keys, inputs, shapes)
    last = keys[-1] if keys else None
    if last is not None:
        wires += [Wire(last, card.key, shape=shapes[last]) for card in outputs]
    written = bool(scope) or bool(analysis.spec.lists)
    return Picture(scope, (*inputs, *cards, *outputs), tuple(wires), items, written)


def _card(
    item: Item,
    key: str,
    index: int,
    spec: Spec,
    catalog: Catalog,
    facts: _Facts,
    blame: Blame,
) -> Card:
    kind = catalog.get("layer", item.kind)
    block = spec.blocks.get(item.kind)
    severity, words = blame.of(index)
    times = plain(item.repeat)
    return Card(
        key=key,
        role="layer" if kind else "block" if block else "unknown",
        title=item.name.name if item.name else item.kind,
        kind=item.kind,
        group=kind.group if kind else "Block" if block else "",
        note=_note(item.settings, kind.main.name if kind and kind.main else ""),
        repeat=f"× {times}" if times is not None else "",
        layers=len(block.items) if block else 0,
        shape=facts.shape,
        parameters=facts.parameters,
        macs=facts.macs,
        severity=severity,
        words=words,
        path=item.path,
        span=item.span,
        index=index,
    )


def _note(settings: Node | None, main: str) -> str:
    value = plain(settings)
    if value is None:
        return ""
    if isinstance(value, dict):
        return " · ".join(f"{name} {_short(part)}" for name, part in value.items())
    return f"{main} {_short(value)}" if main else _short(value)


def _short(value: Plain) -> str:
    if isinstance(value, list):
        return " × ".join(map(_short, value)) if len(value) < 4 else f"{len(value)} values"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_short(part)}" for key, part in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _facts(
    graph: Graph, items: Sequence[Item], keys: Sequence[str], scope: str
) -> Sequence[_Facts]:
    facts = [_Facts() for _ in items]
    owner = _owner_in_block(graph, items, keys) if scope else None
    for node in graph.nodes:
        index = node.item if owner is None else owner.get(node.id, -1)
        if not 0 <= index < len(facts):
            continue
        facts[index].shape = str(node.shape) if node.shape else ""
        facts[index].parameters += node.parameters
        facts[index].macs += node.macs
    return facts


def _owner_in_block(graph: Graph, items: Sequence[Item], keys: Sequence[str]) -> dict[str, int]:
    """Graph node id to item, for the first use of a block; its uses may differ in shape."""
    paths = {item.path for item in items}
    first = next((node.id for node in graph.nodes if node.path in paths), None)
    if first is None:
        return {}
    prefix = first.rpartition("/")[0]
    known = {key: index for index, key in enumerate(keys)}
    owner: dict[str, int] = {}
    for node in graph.nodes:
        if prefix and not node.id.startswith(prefix + "/"):
            continue
        own = node.id[len(prefix) + 1 if prefix else 0 :].partition("/")[0]
        index = known.get(own, known.get(own.rpartition(".")[0], -1))
        owner[node.id] = index
    return owner


def _inputs(analysis: Analysis, scope: str) -> tuple[Card, ...]:
    if scope:
        entering = _entering(analysis.graph, items_of(analysis.spec, scope))
        kind = "what enters this block"
        return (Card(INPUT + "input", "input", "input", kind, "Input", shape=entering),)
    shapes = analysis.interface.inputs if analysis.interface else analysis.graph.inputs
    named = [
        Card(INPUT + name, "input", name, "input", "Input", shape=str(shape))
        for name, shape in shapes.items()
    ]
    return tuple(named) or (Card(INPUT + "input", "input", "input", "input", "Input"),)


def _entering(graph: Graph, items: Sequence[Item]) -> str:
    """The shape that enters a block at its first use, or ""."""
    paths = {item.path for item in items}
    inner = next((node for node in graph.nodes if node.path in paths), None)
    if inner is None or not inner.inputs:
        return ""
    shapes = {**graph.inputs, **{node.id: node.shape for node in graph.nodes}}
    return str(shapes.get(inner.inputs[0]) or "")


def _outputs(analysis: Analysis, scope: str, classes: int) -> tuple[Card, ...]:
    if scope:
        return (Card(OUTPUT + "output", "output", "output", "what leaves this block", "Output"),)
    interface, data = analysis.interface, analysis.spec.data
    if interface and interface.targets:
        return tuple(
            Card(OUTPUT + name, "output", name, "target", "Output", note=_wanted(shape, classes))
            for name, shape in interface.targets.items()
        )
    name = data.target.name if data and data.target else "target"
    return (Card(OUTPUT + name, "output", name, "target", "Output"),)


def _wanted(shape: Shape, classes: int) -> str:
    if len(shape) > 1:
        return str(shape)
    if classes:
        return f"{shape} classes"
    return "1 number" if shape.sizes == (1,) else f"{shape} numbers"


def _wires(
    items: Sequence[Item], keys: Sequence[str], inputs: Sequence[Card], shapes: Mapping[str, str]
) -> list[Wire]:
    default = inputs[0].key
    names = {card.title: card.key for card in inputs}
    wires: list[Wire] = []
    for index, (item, key) in enumerate(zip(items, keys, strict=True)):
        above = keys[index - 1] if index else default
        known = {**names, "input": default, "previous": above}
        named = ["previous"] if item.sources is None else [s.name for s in item.sources]
        sources = [known.get(name, "") for name in named]
        for slot, source in enumerate(sources):
            if source:
                wires.append(Wire(source, key, slot, len(sources), shapes.get(source, "")))
        if item.name:
            names[item.name.name] = key
    return wires

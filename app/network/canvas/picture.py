"""What the canvas shows of an analysis, as plain data: a card for every item, and wires.

One list of layers is one picture: a model, or the layers of one block (`canvas.scopes`). It is a
pure function of the analysis, so that the scene only has to compare the new one with the old one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.network.canvas import ends
from app.network.canvas.blame import Blame
from app.network.canvas.cards import INPUT, OUTPUT, Card, Picture, Role, Wire
from app.network.canvas.roles import Taken, taken
from app.network.canvas.scopes import is_block, items_of
from nnspec.catalog import Catalog
from nnspec.document import Analysis
from nnspec.graph import Graph
from nnspec.spec import Item, Spec
from nnspec.tree import Node, Plain, plain

__all__ = ["INPUT", "OUTPUT", "Card", "Picture", "Role", "Wire", "draw", "item_keys"]


@dataclass(slots=True)
class _Facts:
    """What the graph says of one item: several graph nodes where it is a block or repeated."""

    shape: str = ""
    parameters: int = 0
    macs: int = 0


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


def draw(
    analysis: Analysis,
    catalog: Catalog,
    scope: str = "",
    classes: Mapping[str, int] = MappingProxyType({}),
) -> Picture:
    """Make the picture of one list of layers.

    Args:
        analysis: what is known of the text.
        catalog: the known layers.
        scope: which list (`canvas.scopes`).
        classes: how many classes each target has, where it has any.
    """
    items = items_of(analysis.spec, scope)
    keys = item_keys(items)
    facts = _facts(analysis.graph, items, keys, scope)
    blame = Blame(analysis.problems, items, analysis.spec)
    cards = [
        _card(item, key, index, analysis.spec, catalog, facts[index], blame)
        for index, (item, key) in enumerate(zip(items, keys, strict=True))
    ]
    inputs = ends.inputs(analysis, scope)
    cards = [
        replace(card, inputs=_taken(catalog, item, keys, index, inputs[0].title))
        for index, (item, card) in enumerate(zip(items, cards, strict=True))
    ]
    outputs = ends.outputs(analysis, scope, classes)
    shapes = {card.key: card.shape for card in (*inputs, *cards)}
    wires = _wires(items, keys, inputs, shapes)
    answers = ends.answers(analysis, scope, outputs, keys)
    wires += [Wire(key, card, shape=shapes[key]) for card, key in answers.items()]
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


def _taken(
    catalog: Catalog, item: Item, keys: Sequence[str], index: int, entry: str
) -> tuple[Taken, ...]:
    return taken(catalog.get("layer", item.kind), item, keys[index - 1] if index else entry)


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
    owner = _owner_in_block(graph, items, keys) if is_block(scope) else None
    prefix = "" if is_block(scope) else scope
    for node in graph.nodes:
        if not node.id.startswith(prefix):
            continue
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

"""The two ends of a picture: cards for what enters a list of layers, and for what leaves it.

What enters the only model are the inputs of the data, what leaves it answers for the targets. One
of several models has inputs of its own and gives one result; a block is entered and left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.network.canvas.cards import INPUT, OUTPUT, Card
from app.network.canvas.scopes import is_block, items_of, model_in, title
from nnspec.document import Analysis
from nnspec.graph import Graph
from nnspec.shapes import Shape
from nnspec.spec import Item, Model, Spec


def inputs(analysis: Analysis, scope: str) -> tuple[Card, ...]:
    """What enters the list; at least one card."""
    if is_block(scope):
        entering = _entering(analysis.graph, items_of(analysis.spec, scope))
        kind = "what enters this block"
        return (Card(INPUT + "input", "input", "input", kind, "Input", shape=entering),)
    model = model_in(analysis.spec, scope)
    if model is not None:
        found = _model_inputs(analysis, model)
    else:
        shapes = analysis.interface.inputs if analysis.interface else analysis.graph.inputs
        found = tuple(_input(name, str(shape)) for name, shape in shapes.items())
    return found or (_input("input", ""),)


def _input(name: str, shape: str, note: str = "") -> Card:
    return Card(INPUT + name, "input", name, "input", "Input", note=note, shape=shape)


def _model_inputs(analysis: Analysis, model: Model) -> tuple[Card, ...]:
    made = analysis.graph.models.get(model.name)
    shapes = made.inputs if made else {each.name: each.shape for each in model.inputs}
    return tuple(
        _input(each.name, str(shapes.get(each.name) or ""), _like(each.name, each.like))
        for each in model.inputs
    )


def _like(name: str, like: str | None) -> str:
    if like is None:
        return "of its own"
    return "" if like == name else f"like {like}"


def _entering(graph: Graph, items: Sequence[Item]) -> str:
    """The shape that enters a block at its first use, or ""."""
    paths = {item.path for item in items}
    inner = next((node for node in graph.nodes if node.path in paths), None)
    if inner is None or not inner.inputs:
        return ""
    shapes = {**graph.inputs, **{node.id: node.shape for node in graph.nodes}}
    return str(shapes.get(inner.inputs[0]) or "")


def outputs(analysis: Analysis, scope: str, classes: Mapping[str, int]) -> tuple[Card, ...]:
    """What leaves the list; `classes` says how many each target has, where it has any."""
    if is_block(scope):
        return (_output("output", "what leaves this block"),)
    answered = _answered(analysis, scope)
    interface = analysis.interface
    wanted = interface.targets if interface else {}
    if answered:
        return tuple(
            _output(name, "target", _wanted(wanted.get(name), classes.get(name, 0)))
            for name in answered
        )
    if scope:
        made = analysis.graph.models.get(title(scope))
        note = str(made.shape or "") if made else ""
        return (_output("output", f"what {title(scope)} gives", note),)
    data = analysis.spec.data
    supervised = data is None or data.supervised
    return (_output("target", "target") if supervised else _output("output", "for the losses"),)


def _output(name: str, kind: str, note: str = "") -> Card:
    return Card(OUTPUT + name, "output", name, kind, "Output", note=note)


def _answered(analysis: Analysis, scope: str) -> tuple[str, ...]:
    """The targets that a model answers for; of an objective of its own, only those it does."""
    spec, interface = analysis.spec, analysis.interface
    if scope:
        return tuple(t for t, ref in spec.outputs.items() if ref.name == title(scope))
    if interface is None:
        return tuple(column.name for column in spec.data.targets) if spec.data else ()
    if spec.train.steps:
        return tuple(name for name in interface.targets if name in analysis.graph.outputs)
    return tuple(interface.targets)


def _wanted(shape: Shape | None, classes: int) -> str:
    if shape is None:
        return ""
    if len(shape) > 1:
        return str(shape)
    if classes:
        return f"{classes} classes"
    return "1 number" if shape.sizes == (1,) else f"{shape} numbers"


def answers(
    analysis: Analysis, scope: str, cards: Sequence[Card], keys: Sequence[str]
) -> Mapping[str, str]:
    """Which item gives what each of these output cards stands for: card's key to item's key."""
    if not keys:
        return {}
    if scope or (len(cards) == 1 and not analysis.spec.outputs):
        return {card.key: keys[-1] for card in cards}
    found = {card.key: _answering(analysis, card.title, keys) for card in cards}
    return {card: key for card, key in found.items() if key}


def _answering(analysis: Analysis, target: str, keys: Sequence[str]) -> str:
    """The item that answers for a target, as the graph says, or as the names in the text say."""
    node = analysis.graph.outputs.get(target) if analysis.interface else None
    place = next((each.item for each in analysis.graph.nodes if each.id == node), -1)
    if 0 <= place < len(keys):
        return keys[place]
    name = _named(analysis.spec, target)
    if name in keys:
        return name
    return keys[-1] if _is_only(analysis, target) else ""


def _named(spec: Spec, target: str) -> str:
    reference = spec.outputs.get(target)
    return reference.name if reference else target


def _is_only(analysis: Analysis, target: str) -> bool:
    data, interface = analysis.spec.data, analysis.interface
    targets = interface.targets if interface else data.targets if data else ()
    return len(targets) < 2 and target not in analysis.spec.outputs

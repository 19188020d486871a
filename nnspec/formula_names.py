"""The names that formulas may use, and what is known of each: shapes in place of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nnspec.graph import Graph
from nnspec.shapes import Interface, Shape
from nnspec.spec import Spec

ONLY = "model"
"""How formulas and `update:` call the network of a spec with a single one."""
EPOCH = "epoch"
"""The number of the epoch, from 1: for weights that change."""


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a formula: its shape (None: nothing), and the names it was made of."""

    shape: Shape | None
    made_of: frozenset[str] = frozenset()


ANYTHING = Value(None)
"""What is not known: it fits everything."""


@dataclass(frozen=True, slots=True)
class Callable:
    """A network as formulas call it: what it takes, what it gives, what its items give."""

    inputs: Mapping[str, Shape | None]
    shape: Shape | None
    items: Mapping[str, Shape | None]


@dataclass(slots=True)
class Names:
    """The names that count in one step; `used` are those that were."""

    values: dict[str, Value]
    used: set[str] = field(default_factory=set[str])


def callables(spec: Spec, graph: Graph, interface: Interface | None) -> dict[str, Callable]:
    """The networks of a spec by the names that formulas call them by."""
    shapes = {node.id: node.shape for node in graph.nodes}
    if spec.models:
        return {
            name: Callable(
                model.inputs,
                model.shape,
                {item: shapes.get(id) for item, id in model.names.items()},
            )
            for name, model in graph.models.items()
        }
    if not graph.nodes or interface is None:
        return {}
    inputs = {name: graph.inputs.get(name) for name in graph.taken}
    items = {name: shapes.get(id) for name, id in graph.named.items()}
    return {ONLY: Callable(inputs, graph.nodes[-1].shape, items)}


def known_names(graph: Graph, interface: Interface | None) -> dict[str, Value]:
    """The names that count everywhere: those of the data go before those of the model."""
    shapes = {node.id: node.shape for node in graph.nodes}
    none: Mapping[str, Shape] = {}
    inputs = interface.inputs if interface else none
    origins = frozenset(inputs)
    found = {name: Value(shapes.get(id), origins | {name}) for name, id in graph.named.items()}
    found |= {name: Value(shape, frozenset({name})) for name, shape in inputs.items()}
    targets = interface.targets if interface else none
    truths = interface.truths if interface else none
    found |= {name: Value(truths.get(name), frozenset({name})) for name in targets}
    return found | {EPOCH: Value(Shape(()))}

"""How often one batch runs each network: once, or as the formulas of an objective call them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nnspec.formulas import Call, Formula, Name, walk
from nnspec.graph import Graph
from nnspec.spec import Step, Train


@dataclass(frozen=True, slots=True)
class Pass:
    """One update: forward, backward, step.

    Attributes:
        models: how often it runs each network; "" is the only one.
        often: how often it is taken for one batch.
    """

    models: Mapping[str, int]
    often: float = 1.0


def passes(graph: Graph, train: Train) -> tuple[Pass, ...]:
    """What a batch makes the networks of `graph` do, in order."""
    if not train.steps:
        return (Pass(dict.fromkeys(graph.models or ("",), 1)),)
    return tuple(
        Pass(_runs(graph, step), step.when.times / step.when.every) for step in train.steps
    )


def _runs(graph: Graph, step: Step) -> dict[str, int]:
    """Count calls as they are written; a network whose results are named runs once for them."""
    parts = [part for formula in _formulas(step) for part in walk(formula)]
    called = Counter(part.function for part in parts if isinstance(part, Call))
    if graph.models:
        return {name: called[name] for name in graph.models if called[name]}
    named = any(isinstance(part, Name) and part.name in graph.named for part in parts)
    return {"": max(called["model"] + named, 1)}


def _formulas(step: Step) -> Iterator[Formula]:
    for let in step.let:
        yield let.formula
    for term in step.losses:
        yield from term.arguments.values()
        yield term.weight

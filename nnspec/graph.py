"""A spec and what the data offers to a graph: every layer in order, with its shape and its size.

Names are resolved (`nnspec.wiring`), blocks and repetitions expanded (`nnspec.expansion`), and the
result is held against what the target needs. All of it is pure and needs no torch, so that it can
run at every keystroke.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nnspec.catalog import Catalog, Kind
from nnspec.definitions import check_definitions
from nnspec.expansion import Expansion, Node
from nnspec.expressions import Scope
from nnspec.faults import FaultReport, Signal
from nnspec.model_graphs import ModelGraph, answering_models, expand_models
from nnspec.problems import Problems, has_errors
from nnspec.shapes import Interface, Shape
from nnspec.spec import Spec
from nnspec.wiring import Offer, Wired, wire

__all__ = ["Graph", "ModelGraph", "Node", "infer"]


@dataclass(frozen=True, slots=True)
class Graph:
    """The expanded network: `nodes` in an order in which each comes after what it takes.

    Attributes:
        inputs: those of the data; with several models also each of theirs, as `model/input`.
        outputs: the node that answers for each target.
        named: the node of each item of the only model, and of `output`, that formulas mention.
        models: each of several models by its name; {} where there is only one.
    """

    inputs: Mapping[str, Shape]
    nodes: tuple[Node, ...]
    outputs: Mapping[str, str]
    named: Mapping[str, str] = field(default_factory=dict[str, str])
    models: Mapping[str, ModelGraph] = field(default_factory=dict[str, ModelGraph])

    @property
    def taken(self) -> tuple[str, ...]:
        """The inputs of the data that the only model takes: what `model(...)` is called with."""
        used = {source for node in self.nodes for source in node.inputs}
        return tuple(name for name in self.inputs if name in used)


def infer(spec: Spec, interface: Interface | None, catalog: Catalog, problems: Problems) -> Graph:
    """Expand and check the model of `spec`.

    Args:
        spec: the document as data.
        interface: what the data offers; None while that is unknown: wiring and settings are checked
            all the same, shapes are None.
        catalog: the known layers.
        problems: collects everything that is wrong, each mistake once.

    Returns:
        The graph as far as it could be made; empty when the spec has no model.
    """
    inputs: Mapping[str, Shape] = interface.inputs if interface else {}
    recursive = check_definitions(spec, problems)
    if not any(spec.lists.values()):
        if spec.model is not None:
            problems.add(
                "model.empty",
                None,
                "the model has no layers",
                path="model",
                hint="add at least: - linear: auto",
            )
        return Graph(inputs, (), {})
    blocks = {
        name: wire(block.items, spec.blocks, catalog, Offer(), problems)
        for name, block in spec.blocks.items()
    }
    usable = {name: wired for name, wired in blocks.items() if name not in recursive}
    expansion = Expansion(
        Scope(spec.params, spec.unread_params), usable, interface, catalog, problems
    )
    if spec.models:
        return _several(spec, interface, catalog, expansion, problems)
    return _only(spec, interface, catalog, expansion, problems)


def _several(
    spec: Spec,
    interface: Interface | None,
    catalog: Catalog,
    expansion: Expansion,
    problems: Problems,
) -> Graph:
    models = expand_models(spec, interface, catalog, expansion, problems)
    inputs = dict(interface.inputs) if interface else {}
    for name, model in models.items():
        inputs |= {f"{name}/{each}": shape for each, shape in model.inputs.items() if shape}
    outputs = answering_models(spec, interface, models, problems)
    return Graph(inputs, tuple(expansion.nodes.values()), outputs, models=models)


def _only(
    spec: Spec,
    interface: Interface | None,
    catalog: Catalog,
    expansion: Expansion,
    problems: Problems,
) -> Graph:
    items = wire(spec.model or (), spec.blocks, catalog, _offer(spec, interface), problems)
    answers = _answers(spec, interface, items, problems)
    expansion.answers = {wired.name: target for target, wired in answers.items()}
    inputs: Mapping[str, Shape] = interface.inputs if interface else {}
    signals = {name: Signal(name, shape, name, None) for name, shape in inputs.items()}
    entry = (interface and interface.entry) or "input"
    last = expansion.model(items, signals.get(entry, Signal(entry, None, entry, None)), signals)
    outputs = _outputs(spec, interface, answers, expansion, last)
    if interface is not None:
        _report_unused_inputs(spec, interface, tuple(expansion.nodes.values()), problems)
    named = _named(spec, items, expansion, last)
    return Graph(inputs, tuple(expansion.nodes.values()), outputs, named)


def _named(
    spec: Spec, items: tuple[Wired, ...], expansion: Expansion, last: Signal
) -> dict[str, str]:
    """Return the nodes that formulas mention; an input or a target of that name goes before."""
    mentioned = spec.train.mentioned
    named = {"output": last.id} if spec.train.steps or "output" in mentioned else {}
    for wired in items:
        result = expansion.results.get(wired.name)
        if wired.item.name and wired.name in mentioned and result is not None:
            named[wired.name] = result.id
    return named


def _offer(spec: Spec, interface: Interface | None) -> Offer:
    named = (*(reference.name for reference in spec.outputs.values()), *spec.train.mentioned)
    if interface is None:
        columns = tuple(spec.data.columns) if spec.data else ()
        return Offer(possible=("features", "image", *columns), outputs=named)
    targets = tuple(interface.targets) if len(interface.targets) > 1 else ()
    several = interface.entry is None and len(interface.inputs) > 1
    return Offer(tuple(interface.inputs), several=several, outputs=(*named, *targets))


def _answers(
    spec: Spec, interface: Interface | None, items: tuple[Wired, ...], problems: Problems
) -> dict[str, Wired]:
    """Return the item that answers for each target, and report what cannot be resolved."""
    if interface is None:
        return {}
    places = {wired.item.name.name: wired for wired in items if wired.item.name}
    answers: dict[str, Wired] = {}
    for target in interface.targets:
        reference = spec.outputs.get(target)
        name = reference.name if reference else target
        if reference is None and len(interface.targets) == 1:
            answers[target] = items[-1]
        elif name in places:
            answers[target] = places[name]
        elif reference is not None or not spec.train.steps:
            FaultReport(problems).no_output(target, reference, tuple(places))
    for name, reference in spec.outputs.items():
        if name not in interface.targets:
            FaultReport(problems).no_target(name, reference, tuple(interface.targets))
    return answers


def _outputs(
    spec: Spec,
    interface: Interface | None,
    answers: Mapping[str, Wired],
    expansion: Expansion,
    last: Signal,
) -> dict[str, str]:
    """Return the node that answers for each target, and check that it gives what is needed."""
    if interface is None or not interface.targets:
        target = spec.data.target if spec.data else None
        return {target.name if target else "output": last.id}
    outputs: dict[str, str] = {}
    for target, wired in answers.items():
        result = expansion.results.get(wired.name, last)
        need, shape = interface.targets[target], result.shape
        fits = shape is None or shape == need
        if not fits and spec.train.steps and target not in spec.outputs:
            continue  # an objective of its own need not answer for a target
        outputs[target] = result.id
        if shape is not None and not fits:
            kind = wired.kind if isinstance(wired.kind, Kind) else None
            expansion.faults.output(wired.item, kind, target, need, shape)
    return outputs


def _report_unused_inputs(
    spec: Spec, interface: Interface, nodes: tuple[Node, ...], problems: Problems
) -> None:
    used = {source for node in nodes for source in node.inputs}
    if has_errors(problems):
        return
    for name in interface.main:
        if name not in used:
            column = spec.data.columns.get(name) if spec.data else None
            problems.add(
                "input.unused",
                column.span if column else None,
                f"the model does not use the input '{name}'",
                path="model",
                hint=f"take it somewhere: from: {name}",
                severity="warning",
            )

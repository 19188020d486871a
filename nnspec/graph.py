"""A spec and what the data offers to a graph: every layer in order, with its shape and its size.

Names are resolved (`nnspec.wiring`), blocks and repetitions expanded (`nnspec.expansion`), and the
result is held against what the target needs. All of it is pure and needs no torch, so that it can
run at every keystroke.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nnspec.catalog import Catalog, Kind
from nnspec.definitions import check_definitions
from nnspec.expansion import Expansion, Node
from nnspec.expressions import Scope
from nnspec.faults import FaultReport, Signal
from nnspec.problems import Problems, has_errors
from nnspec.shapes import Interface, Shape
from nnspec.spec import Spec
from nnspec.wiring import Offer, Wired, wire

__all__ = ["Graph", "Node", "infer"]


@dataclass(frozen=True, slots=True)
class Graph:
    """The expanded network: `nodes` in an order in which each comes after what it takes."""

    inputs: Mapping[str, Shape]
    nodes: tuple[Node, ...]
    outputs: Mapping[str, str]


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
    if not spec.model:
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
    items = wire(spec.model, spec.blocks, catalog, _offer(spec, interface), problems)
    usable = {name: wired for name, wired in blocks.items() if name not in recursive}
    answers = _answers(spec, interface, items, problems)
    expansion = Expansion(
        Scope(spec.params, spec.unread_params),
        usable,
        interface,
        problems,
        {wired.name: target for target, wired in answers.items()},
    )
    last = expansion.model(items, (interface and interface.entry) or "input")
    outputs = _outputs(spec, interface, answers, expansion, last)
    if interface is not None:
        _report_unused_inputs(spec, interface, tuple(expansion.nodes.values()), problems)
    return Graph(inputs, tuple(expansion.nodes.values()), outputs)


def _offer(spec: Spec, interface: Interface | None) -> Offer:
    named = tuple(reference.name for reference in spec.outputs.values())
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
        else:
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
        outputs[target] = result.id
        need, shape = interface.targets[target], result.shape
        if shape is not None and shape != need:
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

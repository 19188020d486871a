"""Several models of one spec: each wired and expanded by itself, with the inputs it declares.

A model is called from formulas with whatever fits its inputs; so its inputs are its own, named
`model/input` in the graph, even where they have the name and the shape of an input of the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nnspec.catalog import Catalog
from nnspec.expansion import Expansion
from nnspec.faults import FaultReport, Signal
from nnspec.problems import Edit, Fix, Problems, has_errors, nearest, suggestion
from nnspec.reading import address
from nnspec.shapes import Interface, Shape
from nnspec.spec import Model, ModelInput, Spec
from nnspec.wiring import Offer, wire


@dataclass(frozen=True, slots=True)
class ModelGraph:
    """One of several models.

    Attributes:
        inputs: what it is called with, in order; None where the shape is not known.
        result: id of the node whose result a call gives.
        names: nodes of the items that formulas mention, as in `encoder(image).mean`.
        shape: of the result, None where it is not known.
    """

    inputs: Mapping[str, Shape | None]
    result: str
    names: Mapping[str, str]
    shape: Shape | None


def expand_models(
    spec: Spec,
    interface: Interface | None,
    catalog: Catalog,
    expansion: Expansion,
    problems: Problems,
) -> dict[str, ModelGraph]:
    """Expand every model into `expansion`; models without layers are left out."""
    made: dict[str, ModelGraph] = {}
    for model in spec.models.values():
        _check_names(model, interface, problems)
        if model.items:
            made[model.name] = _expand(spec, model, interface, catalog, expansion, problems)
    return made


def _expand(
    spec: Spec,
    model: Model,
    interface: Interface | None,
    catalog: Catalog,
    expansion: Expansion,
    problems: Problems,
) -> ModelGraph:
    shapes = {each.name: _shape(each, interface, model, problems) for each in model.inputs}
    mentioned = spec.train.mentioned
    offer = Offer(tuple(shapes), several=len(shapes) > 1, outputs=tuple(mentioned))
    items = wire(model.items, spec.blocks, catalog, offer, problems)
    signals = {
        name: Signal(f"{model.name}/{name}", shape, name, None) for name, shape in shapes.items()
    }
    entry = next(iter(signals.values()), Signal("?", None, "input", None))
    last = items[-1].name
    for target, reference in spec.outputs.items():
        if reference.name == model.name:
            expansion.answers[f"{model.name}/{last}"] = target
    result = expansion.model(items, entry, signals, model.name)
    names = {
        wired.name: expansion.results[f"{model.name}/{wired.name}"].id
        for wired in items
        if wired.item.name
        and wired.name in mentioned
        and f"{model.name}/{wired.name}" in expansion.results
    }
    _report_unused(model, expansion, problems)
    return ModelGraph(shapes, result.id, names, result.shape)


def _shape(
    each: ModelInput, interface: Interface | None, model: Model, problems: Problems
) -> Shape | None:
    if each.shape is not None or each.like is None or interface is None:
        return each.shape
    shape = interface.inputs.get(each.like)
    if shape is None:
        near, span = nearest(each.like, interface.inputs), each.span
        problems.add(
            "input.unknown",
            span,
            f"the data has no input '{each.like}'",
            path=address((*model.path, "input")),
            hint=f"did you mean '{near}'?"
            if near
            else f"{suggestion(each.like, interface.inputs, kinds='inputs')}; or give it sizes: "
            f"{{{each.like}: [64]}}",
            fix=Fix(f"Change it to '{near}'", Edit(span.start, span.end, near)) if near else None,
        )
    return shape


def _check_names(model: Model, interface: Interface | None, problems: Problems) -> None:
    """Names of formulas are one space: a model must not be called like an input or a target."""
    if interface is not None and model.name in {*interface.inputs, *interface.targets}:
        problems.add(
            "name.taken",
            model.span,
            f"'{model.name}' is the name of a column of the data",
            path=address(model.path),
            hint="give the model another name",
        )
    seen: set[str] = set()
    for each in model.inputs:
        if each.name in seen:
            problems.add(
                "name.taken",
                each.span,
                f"model '{model.name}' has two inputs named '{each.name}'",
                path=address((*model.path, "input")),
                hint=f"rename one; both may be like one of the data: {{other: {each.like}}}",
            )
        seen.add(each.name)


def _report_unused(model: Model, expansion: Expansion, problems: Problems) -> None:
    if has_errors(problems):
        return
    prefix = f"{model.name}/"
    own = (node for id, node in expansion.nodes.items() if id.startswith(prefix))
    used = {source for node in own for source in node.inputs}
    for each in model.inputs:
        if prefix + each.name not in used:
            problems.add(
                "input.unused",
                each.span,
                f"model '{model.name}' does not use its input '{each.name}'",
                path=address((*model.path, "input")),
                hint=f"take it somewhere: from: {each.name}",
                severity="warning",
            )


def answering_models(
    spec: Spec, interface: Interface | None, models: Mapping[str, ModelGraph], problems: Problems
) -> dict[str, str]:
    """Return the result of the model that `outputs:` names for each target, and check it."""
    outputs: dict[str, str] = {}
    for target, reference in spec.outputs.items():
        if interface is not None and target not in interface.targets:
            FaultReport(problems).no_target(target, reference, tuple(interface.targets))
        elif reference.name not in models:
            if reference.name not in spec.models:
                FaultReport(problems).no_output(target, reference, tuple(spec.models))
        else:
            outputs[target] = models[reference.name].result
            _check_answer(target, spec.models[reference.name], models, interface, problems)
    return outputs


def _check_answer(
    target: str,
    model: Model,
    models: Mapping[str, ModelGraph],
    interface: Interface | None,
    problems: Problems,
) -> None:
    shape = models[model.name].shape
    if interface is None:
        return
    if any(each.like != each.name for each in model.inputs):
        problems.add(
            "output.inputs",
            model.span,
            f"'{model.name}' answers for '{target}', but not all its inputs are inputs of the data",
            path=address((*model.path, "input")),
            hint="a model that answers takes inputs of the data by their names",
        )
    elif shape is not None and shape != interface.targets[target]:
        FaultReport(problems).output(
            model.items[-1], None, target, interface.targets[target], shape
        )

"""Objectives judged before anything runs: every name known, every call and every shape fitting."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from nnspec.formula_names import ONLY, Names, Value
from nnspec.formula_numbers import unfit_numbers
from nnspec.formula_values import Formulas, span_of
from nnspec.formulas import Formula
from nnspec.function_shapes import broadcast
from nnspec.functions import FUNCTIONS
from nnspec.graph import Graph
from nnspec.problems import Problems
from nnspec.reaching import Reaching
from nnspec.reading import address
from nnspec.shapes import Fault, Interface, Shape, width_of
from nnspec.spec import Spec, Step, Term


def judge_objectives(
    spec: Spec, graph: Graph, interface: Interface | None, problems: Problems
) -> None:
    """Report what is wrong with the steps, losses and preview of `spec`.

    Args:
        spec: the document as data.
        graph: what `infer` made of it.
        interface: what the data offers; None while that is unknown: then any name may be one of it.
        problems: collects everything, each mistake once.
    """
    if spec.lists or spec.train.steps:
        _Judge(spec, graph, interface, problems).whole()


class _Judge:
    def __init__(
        self, spec: Spec, graph: Graph, interface: Interface | None, problems: Problems
    ) -> None:
        self._spec = spec
        self._problems = problems
        self._formulas = Formulas(spec, graph, interface, problems)
        self._reaching = Reaching(spec, graph, interface)

    def whole(self) -> None:
        for step in self._spec.train.steps:
            self._step(step)
        self._preview()
        if self._spec.models:
            self._judge_models()

    def _value(self, formula: Formula, scope: Names) -> Value:
        for place, message, hint in unfit_numbers(formula):
            self._formulas.report("formula.number", place, message, hint)
        return self._formulas.value(formula, scope)

    def _step(self, step: Step) -> None:
        self._check_update(step)
        scope = Names(dict(self._formulas.known))
        for let in step.let:
            self._formulas.path = let.path
            if let.name in scope.values or let.name in {*FUNCTIONS, *self._formulas.networks}:
                self._formulas.report(
                    "name.taken",
                    let.span,
                    f"'{let.name}' has a meaning already",
                    "choose another name",
                )
            value = self._value(let.formula, scope)
            scope.values[let.name] = Value(value.shape, value.made_of | {let.name})
        for term in step.losses:
            self._term(term, scope)
        for let in step.let:
            if let.name not in scope.used:
                self._formulas.path = let.path
                self._formulas.warn(
                    "let.unused",
                    let.span,
                    f"nothing uses '{let.name}'",
                    "use it in a loss, or remove it",
                )
        if step.losses and not self._has_errors(step):
            self._check_reached(step)

    def _has_errors(self, step: Step) -> bool:
        """Whether a mistake hides what the losses reach: a loss that could not be read is none."""
        whole = address(step.path)
        return any(
            problem.severity == "error" and problem.path.startswith((f"{whole}.", f"{whole}["))
            for problem in self._problems
        )

    def _check_reached(self, step: Step) -> None:
        reached = self._reaching.reached(step)
        unreached = [each for each in step.update if each.name not in reached]
        self._formulas.path = (*step.path, "update")
        hint = f"they reach {_listed(reached)}" if reached else "give a loss what a model answers"
        for each in unreached:
            words = f"no loss of this step reaches '{each.name}', so it would learn nothing"
            self._formulas.report("step.unreached", each.span, words, hint)
        if not step.update and not reached:
            self._formulas.path = step.path
            words = "no loss of this step reaches a model, so nothing would learn"
            self._formulas.report("step.unreached", step.span, words, hint)

    def _check_update(self, step: Step) -> None:
        known = tuple(self._spec.models) or (ONLY,)
        self._formulas.path = (*step.path, "update")
        for reference in step.update:
            if reference.name not in known:
                self._formulas.unknown(
                    "update.unknown",
                    reference.name,
                    reference.span,
                    known,
                    f"there is no model '{reference.name}'",
                    "models",
                )

    def _term(self, term: Term, scope: Names) -> None:
        values: dict[str, Value] = {}
        for role, formula in term.arguments.items():
            self._formulas.path = (*term.path, role)
            values[role] = self._value(formula, scope)
        self._formulas.path = (*term.path, "weight")
        weight = self._value(term.weight, scope).shape
        if weight is not None and weight.sizes:
            self._formulas.report(
                "loss.weight",
                span_of(term.weight),
                f"a weight is one number, but this is {weight}",
                "take its mean: mean(…)",
            )
        self._formulas.path = term.path
        self._check_shapes(term, {role: value.shape for role, value in values.items()})

    def _check_shapes(self, term: Term, shapes: Mapping[str, Shape | None]) -> None:
        known = {role: shape for role, shape in shapes.items() if shape is not None}
        if len(known) < len(shapes):
            return
        rule = getattr(term.loss.made, "shape", None)
        classes = "classification" in getattr(term.loss.made, "tasks", ())
        fault = rule(*known.values()) if rule else _agreeing(known, classes=classes)
        if isinstance(fault, Fault):
            width = max(len(role) for role in known)
            self._problems.add(
                "loss.shape",
                term.span,
                f"'{term.loss.kind.name}' {fault.message}",
                path=address(term.path),
                hint=fault.hint,
                details=tuple(f"{role:<{width}}  {shape}" for role, shape in known.items()),
            )

    def _preview(self) -> None:
        preview = self._spec.train.preview
        if preview is None:
            return
        self._formulas.path = preview.path
        shape = self._value(preview.of, Names(dict(self._formulas.known))).shape
        if shape is not None and (len(shape) != 3 or shape.sizes[0] not in (1, 3)):
            self._formulas.report(
                "preview.shape",
                span_of(preview.of),
                f"a preview shows pictures of 1 or 3 channels; this is {shape}",
                "reshape it: reshape(x, 1, height, width)",
            )

    def _judge_models(self) -> None:
        steps = self._spec.train.steps
        if not steps:
            self._problems.add(
                "objective.missing",
                next(iter(self._spec.models.values())).span,
                "nothing says what the models learn",
                path="train",
                hint="add train: steps: and for each update its losses",
            )
            return
        updated = {reference.name for step in steps for reference in step.update}
        everything = any(not step.update for step in steps) or not updated <= {*self._spec.models}
        answering = {reference.name for reference in self._spec.outputs.values()}
        for model in self._spec.models.values():
            self._formulas.path = model.path
            if model.name not in self._formulas.called | answering:
                self._formulas.warn(
                    "model.unused",
                    model.span,
                    f"no formula calls '{model.name}'",
                    f"call it in a loss: {model.name}(…), or remove it",
                )
            elif not everything and model.name not in updated:
                self._formulas.warn(
                    "model.fixed",
                    model.span,
                    f"no step updates '{model.name}', so it stays as it was drawn",
                    f"add a step with update: {model.name}",
                )


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))


def _agreeing(shapes: Mapping[str, Shape], *, classes: bool) -> Fault | None:
    """The rule of losses without one of their own: scores with classes, or numbers that meet."""
    of, against = shapes.get("of"), shapes.get("against")
    if len(shapes) == 2 and of is not None and against is not None and against.dtype == "int":
        return _scoring(of, against, classes=classes)
    if len(shapes) < 2 or any(shape.dtype == "int" for shape in shapes.values()):
        return None
    met = broadcast(*shapes.values())
    if isinstance(met, Fault):
        return Fault("compares different shapes", "make them the same")
    return None


def _scoring(of: Shape, against: Shape, *, classes: bool) -> Fault | None:
    """Whole numbers are the classes of scores, or numbers like others: one for one."""
    given = [size for size in of.sizes if isinstance(size, int)]
    wanted = [size for size in against.sizes if isinstance(size, int)]
    if len(given) < len(of) or len(wanted) < len(against) or prod(given) == prod(wanted):
        return None
    if not classes:
        return Fault("compares different shapes", "make them the same, classes with one_hot(…)")
    places = given[1:] if len(given) == 3 else given[:-1]
    if places != wanted:
        return Fault(
            "compares scores with classes of another shape",
            "give it one score for each class, at every place that has a class",
        )
    width = width_of(of)
    if against.count is not None and isinstance(width, int) and width < against.count:
        return Fault(
            f"has scores for {width} classes, but there are {against.count}",
            f"make {against.count} numbers leave the last layer",
        )
    return None

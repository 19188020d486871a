"""Which models learn from the losses of a step: those from whose results gradients flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nnspec.formula_names import ONLY
from nnspec.formulas import Call, Formula, Name, parts, walk
from nnspec.functions import FUNCTIONS
from nnspec.graph import Graph
from nnspec.shapes import Interface
from nnspec.spec import Spec, Step

_CUTTING = frozenset({"stop_gradient", "one_hot"})
_NONE = frozenset[str]()


class Reaching:
    """What the losses of the steps of one spec reach."""

    def __init__(self, spec: Spec, graph: Graph, interface: Interface | None) -> None:
        data = {*interface.inputs, *interface.targets} if interface else set[str]()
        named = {item.name.name for item in spec.model or () if item.name}
        self._items = {"output", *named, *graph.named} - data if spec.model else set[str]()
        self._penalizing = frozenset(self._with_penalties(spec, graph))

    def reached(self, step: Step) -> frozenset[str]:
        """The models that a step with losses teaches something, by them or by penalties."""
        lets: dict[str, frozenset[str]] = {}
        calls: dict[str, frozenset[str]] = {}
        for let in step.let:
            lets[let.name] = self._of(let.formula, lets)
            calls[let.name] = frozenset(self._called(let.formula, calls))
        found, called = _NONE, _NONE
        for term in step.losses:
            for formula in (*term.arguments.values(), term.weight):
                found |= self._of(formula, lets)
                called = called.union(self._called(formula, calls))
        return found | (self._penalizing & called)

    def _of(self, formula: Formula, lets: Mapping[str, frozenset[str]]) -> frozenset[str]:
        if isinstance(formula, Name):
            return lets.get(formula.name, self._named(formula.name))
        own = _NONE
        if isinstance(formula, Call) and formula.function not in FUNCTIONS:
            own = frozenset({formula.function})
        elif isinstance(formula, Call) and formula.function in _CUTTING:
            return _NONE
        return own.union(*(self._of(part, lets) for part in parts(formula)))

    def _named(self, name: str) -> frozenset[str]:
        return frozenset({ONLY}) if name in self._items else _NONE

    def _called(self, formula: Formula, calls: Mapping[str, frozenset[str]]) -> Iterator[str]:
        for part in walk(formula):
            if isinstance(part, Call):
                yield part.function
            elif isinstance(part, Name):
                yield from calls.get(part.name, self._named(part.name))

    def _with_penalties(self, spec: Spec, graph: Graph) -> Iterator[str]:
        """Models with a layer that asks for something itself (`penalizes`)."""
        for node in graph.nodes:
            if getattr(node.layer, "penalizes", False):
                yield node.id.partition("/")[0] if spec.models else ONLY

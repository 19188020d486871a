"""What a formula gives, worked out with shapes in place of numbers.

A value whose shape is not known (of a target, or behind a mistake) fits everything, so that one
mistake is one problem.
"""

from __future__ import annotations

from collections.abc import Iterable

from nnspec.formula_names import ANYTHING, ONLY, Callable, Names, Value, callables, known_names
from nnspec.formulas import Attribute, Binary, Call, Formula, Name, Negate, Number, constant
from nnspec.function_shapes import Given, broadcast
from nnspec.functions import FUNCTIONS, Function
from nnspec.graph import Graph
from nnspec.problems import Edit, Fix, Problems, Span, nearest, suggestion
from nnspec.reading import address
from nnspec.shapes import Fault, Interface, Shape
from nnspec.spec import Path, Spec


class Formulas:
    """The formulas of one spec.

    Attributes:
        path: where the formula stands that is worked out next, for problems.
        called: the names of everything that was called.
        networks: by name.
        known: the names that count in every step.
    """

    def __init__(
        self, spec: Spec, graph: Graph, interface: Interface | None, problems: Problems
    ) -> None:
        self._spec = spec
        self._interface = interface
        self._problems = problems
        self.path: Path = ("train",)
        self.called: set[str] = set()
        self.networks = callables(spec, graph, interface)
        self.known = known_names(graph, interface)

    def value(self, formula: Formula, scope: Names) -> Value:
        """What a formula gives; reports what is wrong in it."""
        match formula:
            case Number():
                return Value(Shape(()))
            case Name():
                return self._named(formula, scope)
            case Negate():
                return self.value(formula.operand, scope)
            case Binary():
                return self._binary(formula, scope)
            case Call():
                return self._call(formula, scope)
            case Attribute():
                return self._attribute(formula, scope)

    def _named(self, name: Name, scope: Names) -> Value:
        scope.used.add(name.name)
        if name.name in scope.values:
            return scope.values[name.name]
        if name.name in self.networks or name.name in FUNCTIONS:
            self.report(
                "formula.name",
                name.span,
                f"'{name.name}' has to be called",
                f"write {name.name}(…)",
            )
        elif self._interface is not None and not self._is_item(name.name):
            known = (*scope.values, *self._items())
            self.unknown(
                "formula.name",
                name.name,
                name.span,
                known,
                f"there is nothing named '{name.name}'",
                "names",
            )
        return ANYTHING

    def _items(self) -> tuple[str, ...]:
        items = () if self._spec.models else self._spec.model or ()
        return ("output", *(item.name.name for item in items if item.name)) if items else ()

    def _is_item(self, name: str) -> bool:
        """Whether it is an item whose node could not be made, which is reported there."""
        return name in self._items()

    def _binary(self, formula: Binary, scope: Names) -> Value:
        left, right = self.value(formula.left, scope), self.value(formula.right, scope)
        made_of = left.made_of | right.made_of
        if left.shape is None or right.shape is None:
            return Value(None, made_of)
        met = broadcast(left.shape, right.shape)
        if isinstance(met, Fault):
            self.report(
                "formula.shape",
                formula.span,
                f"'{formula.sign}' {met.message}",
                "give both the same shape, or one of them one number a sample",
            )
            return Value(None, made_of)
        return Value(Shape(met.sizes), made_of)

    def _attribute(self, formula: Attribute, scope: Names) -> Value:
        called = self._call(formula.of, scope)
        network = self.networks.get(formula.of.function)
        if network is None:
            if formula.of.function in FUNCTIONS:
                self.report(
                    "formula.name",
                    formula.span,
                    "only a model has items with names",
                    f"remove '.{formula.name}'",
                )
            return Value(None, called.made_of)
        if formula.name in network.items:
            return Value(network.items[formula.name], called.made_of)
        model = self._spec.models.get(formula.of.function)
        items = model.items if model else self._spec.model or ()
        names = [item.name.name for item in items if item.name]
        if formula.name not in (*names, "output"):
            self.unknown(
                "formula.name",
                formula.name,
                formula.span,
                names,
                f"'{formula.of.function}' has no layer named '{formula.name}'",
                "names",
            )
        return Value(None, called.made_of)

    def _call(self, call: Call, scope: Names) -> Value:
        if call.function in FUNCTIONS:
            return self._function(call, FUNCTIONS[call.function], scope)
        values = [self.value(argument, scope) for argument in call.arguments]
        made_of = frozenset[str]().union(*(value.made_of for value in values))
        self.called.add(call.function)
        network = self.networks.get(call.function)
        if network is not None:
            fits = self._check_call(call, network, values)
            return Value(network.shape if fits else None, made_of)
        if call.function not in self._spec.models and not self._is_only(call.function):
            known = (*self.networks, *FUNCTIONS)
            self.unknown(
                "formula.call",
                call.function,
                call.name_span,
                known,
                f"there is no model or function '{call.function}'",
                "known are",
            )
        return Value(None, made_of)

    def _is_only(self, name: str) -> bool:
        return name == ONLY and self._spec.model is not None

    def _check_call(self, call: Call, network: Callable, values: list[Value]) -> bool:
        name, wanted = call.function, ", ".join(network.inputs)
        if call.options or len(values) != len(network.inputs):
            self.report(
                "formula.inputs",
                call.span,
                f"'{name}' takes {_count(len(network.inputs), 'input')} but gets "
                f"{len(values) + len(call.options)}",
                f"write {name}({wanted})",
            )
            return False
        fits = True
        for (role, need), value, argument in zip(
            network.inputs.items(), values, call.arguments, strict=True
        ):
            if need is not None and value.shape is not None and not _fits(value.shape, need):
                fits = False
                self.report(
                    "formula.shape",
                    span_of(argument),
                    f"'{name}' takes {_in_words(need)} as '{role}' but receives "
                    f"{_in_words(value.shape)}",
                    "give it what has that shape",
                )
        return fits

    def _function(self, call: Call, function: Function, scope: Names) -> Value:
        fewest, most = function.tensors
        some = [constant(part) for part in call.arguments]
        count = len(call.arguments) if function.constants[1] == 0 else int(fewest)
        values = [self.value(part, scope) for part in call.arguments[:count]]
        made_of = frozenset[str]().union(*(value.made_of for value in values))
        constants = [number for number in some[count:] if number is not None]
        options = {name: constant(part) for name, part in call.options.items()}
        numbers = {name: number for name, number in options.items() if number is not None}
        low, high = function.constants
        right = fewest <= count <= most and count <= len(call.arguments)
        right = (
            right and low <= len(some) - count <= high and options.keys() <= function.options.keys()
        )
        if not right or len(constants) < len(some) - count or len(numbers) < len(options):
            why = "takes something else" if not right else "takes plain numbers here"
            self.report(
                "formula.arguments",
                call.span,
                f"'{call.function}' {why}",
                f"write {function.usage}",
            )
            return Value(None, made_of)
        if call.function == "derivative" and not self._derivable(call, values):
            return Value(values[1].shape, made_of)
        shapes = tuple(value.shape for value in values if value.shape is not None)
        if len(shapes) < len(values):
            return Value(None, made_of)
        found = function.shape(Given(shapes, tuple(constants), {**function.options, **numbers}))
        if isinstance(found, Fault):
            self.report(
                "formula.shape",
                call.span,
                f"'{call.function}' {found.message}",
                found.hint or f"write {function.usage}",
            )
            return Value(None, made_of)
        return Value(found, made_of)

    def _derivable(self, call: Call, values: list[Value]) -> bool:
        by = call.arguments[1]
        if not isinstance(by, Name):
            self.report(
                "formula.derivative",
                span_of(by),
                "a derivative is taken by a name",
                "give it one: let: {t: …}, and use t in both places",
            )
            return False
        y, x = values
        if x.made_of and by.name not in y.made_of and x is not ANYTHING:
            self.report(
                "formula.derivative",
                call.span,
                f"this does not depend on '{by.name}', so it has no derivative by it",
                f"use '{by.name}' in what is derived",
            )
            return False
        return True

    def unknown(
        self, code: str, name: str, span: Span, known: Iterable[str], message: str, kinds: str
    ) -> None:
        """Report a name that is not among `known`, with the nearest."""
        names = tuple(known)
        near = nearest(name, names)
        exact = span.end - span.start == len(name)
        fix = Fix(f"Change it to '{near}'", Edit(span.start, span.end, near)) if near else None
        self._problems.add(
            code,
            span,
            message,
            path=address(self.path),
            hint=suggestion(name, names, kinds=kinds),
            fix=fix if exact else None,
        )

    def report(self, code: str, span: Span, message: str, hint: str) -> None:
        """Report a mistake at `path`."""
        self._problems.add(code, span, message, path=address(self.path), hint=hint)

    def warn(self, code: str, span: Span, message: str, hint: str) -> None:
        """Warn of something at `path`."""
        self._problems.add(
            code, span, message, path=address(self.path), hint=hint, severity="warning"
        )


def _fits(given: Shape, need: Shape) -> bool:
    if len(given) != len(need) or given.dtype != need.dtype:
        return False
    return all(
        one == other or isinstance(one, str) or isinstance(other, str)
        for one, other in zip(given.sizes, need.sizes, strict=True)
    )


def _in_words(shape: Shape) -> str:
    return f"{shape} whole numbers" if shape.dtype == "int" and shape.sizes else str(shape)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def span_of(formula: Formula) -> Span:
    """Where a formula stands, what an attribute is taken of included."""
    return (
        Span(formula.of.span.start, formula.span.end)
        if isinstance(formula, Attribute)
        else (formula.span)
    )

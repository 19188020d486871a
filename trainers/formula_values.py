"""Formulas worked out with torch, for the rows of one batch.

A formula is turned into a function once; `Values` then holds what one step knows: the batch, what
the models gave, and the names of `let:`, each worked out when it is first needed and only once.
Calls of a model that are written alike are one call, unless something random stands in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from nnspec.build import Networks
from nnspec.formulas import (
    Attribute,
    Binary,
    Call,
    Formula,
    Name,
    Negate,
    Number,
    Sign,
    constant,
    walk,
)
from nnspec.functions import FUNCTIONS as KNOWN
from trainers.formula_functions import FUNCTIONS, Given, aligned

Value: TypeAlias = Tensor | float
Compiled: TypeAlias = "Callable[[Values], Value]"


@dataclass(slots=True)
class Values:
    """What one step knows of one batch.

    Attributes:
        network: the model, or the several.
        data: inputs and targets by name; those that a derivative is taken by keep gradients.
        inputs: names of the inputs, in the order of the data.
        rows: how many samples there are.
        epoch: from 1.
        lets: names for formulas, compiled.
        slopes: names that a derivative is taken by.
        penalizing: modules that may ask for something beyond the losses.
        penalties: what they asked for.
    """

    network: nn.Module
    data: dict[str, Tensor]
    inputs: tuple[str, ...]
    rows: int
    epoch: int
    lets: Mapping[str, Compiled] = field(default_factory=dict[str, "Compiled"])
    slopes: frozenset[str] = frozenset()
    penalizing: tuple[nn.Module, ...] = ()
    penalties: list[Tensor] = field(default_factory=list[Tensor])
    _known: dict[object, Value] = field(default_factory=dict[object, Value])
    _called: dict[object, dict[str, Tensor]] = field(
        default_factory=dict[object, "dict[str, Tensor]"]
    )

    @property
    def device(self) -> torch.device:
        """Where the batch lies."""
        return next(iter(self.data.values())).device

    def named(self, name: str) -> Value:
        """The value of a name: of a `let:`, of the data, the epoch, or an item of the model."""
        if name in self._known:
            return self._known[name]
        if name in self.lets:
            value = self.lets[name](self)
            if name in self.slopes:
                value = with_slope(self.tensor(value))
        elif name in self.data:
            return self.data[name]
        elif name == "epoch":
            return float(self.epoch)
        else:
            value = self.run()[name]
        self._known[name] = value
        return value

    def run(self) -> dict[str, Tensor]:
        """What the only model gives for the batch; it runs once a step."""
        return self.call("run", lambda: self.network(self.data))

    def call(self, key: object, run: Callable[[], dict[str, Tensor]]) -> dict[str, Tensor]:
        """What a call of a model gives; one of the same key (if any) is not made again."""
        if key is not None and key in self._called:
            return self._called[key]
        found = run()
        self.penalties += penalties(self.penalizing)
        if key is not None:
            self._called[key] = found
        return found

    def tensor(self, value: Value) -> Tensor:
        """A value for each sample, where it is one number."""
        if isinstance(value, Tensor):
            return value
        return torch.full((self.rows,), float(value), device=self.device)


def with_slope(value: Tensor) -> Tensor:
    """A value by which a derivative can be taken."""
    return value if value.requires_grad else value.detach().requires_grad_()


def penalties(modules: tuple[nn.Module, ...]) -> list[Tensor]:
    """Take what modules asked for in their last forward pass."""
    found: list[Tensor] = []
    for module in modules:
        asked: Any = module.penalty
        if asked is not None:
            found.append(asked)
            setattr(module, "penalty", None)  # noqa: B010 - a plain attribute, no tensor any more
    return found


def compiled(formula: Formula) -> Compiled:
    """Turn a formula that was judged into a function of what a step knows."""
    number = constant(formula)
    if number is not None:
        return lambda values: float(number)  # noqa: ARG005
    match formula:
        case Number():
            return lambda values: float(formula.value)  # noqa: ARG005
        case Name():
            return lambda values: values.named(formula.name)
        case Negate():
            operand = compiled(formula.operand)
            return lambda values: -operand(values)
        case Binary():
            left, right = compiled(formula.left), compiled(formula.right)
            return lambda values: _joined(formula.sign, left(values), right(values))
        case Attribute():
            return _model(formula.of, formula.name)
        case Call():
            return _function(formula) if formula.function in KNOWN else _model(formula, "output")


def slopes(formula: Formula) -> set[str]:
    """The names that derivatives are taken by."""
    return {
        by.name
        for part in walk(formula)
        if isinstance(part, Call) and part.function == "derivative"
        for by in part.arguments[1:]
        if isinstance(by, Name)
    }


def _joined(sign: Sign, left: Value, right: Value) -> Value:
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        left, right = aligned(left, right)
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "**":
            return left**right


def _model(call: Call, item: str) -> Compiled:
    arguments = [compiled(argument) for argument in call.arguments]
    key = _key(call)

    def run(values: Values) -> Value:
        def forward() -> dict[str, Tensor]:
            given = [values.tensor(argument(values)) for argument in arguments]
            if isinstance(values.network, Networks):
                return values.network[call.function](*given)
            used: Any = values.network.inputs
            taken = [name for name in values.inputs if name in used]
            found: dict[str, Tensor] = values.network(dict(zip(taken, given, strict=True)))
            return found

        return values.call(key, forward)[item]

    return run


def _function(call: Call) -> Compiled:
    function, known = FUNCTIONS[call.function], KNOWN[call.function]
    count = len(call.arguments) if known.constants[1] == 0 else int(known.tensors[0])
    tensors = [compiled(part) for part in call.arguments[:count]]
    constants = [_number(part) for part in call.arguments[count:]]
    options = {**known.options, **{n: _number(part) for n, part in call.options.items()}}

    def run(values: Values) -> Value:
        given = [values.tensor(tensor(values)) for tensor in tensors]
        return function(Given(values.rows, values.device, given, constants, options))

    return run


def _number(formula: Formula) -> int | float:
    number = constant(formula)
    assert number is not None  # noqa: S101 - judged before
    return number


def _key(formula: Formula) -> object:
    """What calls that are written alike share; None where something random stands in it."""
    random = any(
        isinstance(part, Call) and part.function in KNOWN and KNOWN[part.function].random
        for part in walk(formula)
    )
    return None if random else _written(formula)


def _written(formula: Formula) -> object:
    match formula:
        case Number():
            return formula.value
        case Name():
            return formula.name
        case Negate():
            return ("-", _written(formula.operand))
        case Binary():
            return (formula.sign, _written(formula.left), _written(formula.right))
        case Attribute():
            return (".", formula.name, _written(formula.of))
        case Call():
            options = tuple((name, _written(part)) for name, part in formula.options.items())
            parts = tuple(_written(part) for part in formula.arguments)
            return (formula.function, parts, options)

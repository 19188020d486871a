"""The closed list of functions that formulas may call, each with help and its shape rule.

A function takes values first, then constants; options are constants too. Values of different
shapes meet as in torch without the batch axis: aligned at their last axis, an axis of size 1 or
none fits any other. Axes are numbered as torch numbers them: the batch is 0, the first axis 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from nnspec import function_shapes as rules
from nnspec.function_shapes import Rule

MOST_AXES = 8
MANY: float = math.inf


@dataclass(frozen=True, slots=True)
class Function:
    """One function of formulas.

    Attributes:
        usage: how it is written, for hints: `slice(x, start, stop)`.
        help: what it gives, in one sentence.
        tensors: how many values it takes, the fewest and the most.
        constants: how many constants follow them, the fewest and the most.
        options: constants that are given by name, with their defaults; NaN for none.
        shape: the shape rule.
        random: whether it gives something else each time.
    """

    usage: str
    help: str
    tensors: tuple[float, float]
    shape: Rule
    constants: tuple[float, float] = (0, 0)
    options: Mapping[str, float] = field(default_factory=dict[str, float])
    random: bool = False


_NONE = float("nan")
_AXIS = MappingProxyType({"axis": _NONE})
_LAST = MappingProxyType({"axis": -1.0})


def _each(name: str, help: str) -> tuple[str, Function]:
    return name, Function(f"{name}(x)", help, (1, 1), rules.same)


def _over(name: str, help: str) -> tuple[str, Function]:
    words = f"{help} of each sample, or along one axis."
    return name, Function(f"{name}(x, axis=…)", words, (1, 1), rules.reduced, options=_AXIS)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "normal": Function(
            "normal(size, …)",
            "A fresh batch of normal numbers with mean 0 and deviation 1.",
            (0, 0),
            rules.drawn,
            (0, MOST_AXES),
            random=True,
        ),
        "uniform": Function(
            "uniform(size, …, low=0, high=1)",
            "A fresh batch of evenly spread numbers.",
            (0, 0),
            rules.drawn,
            (0, MOST_AXES),
            {"low": 0.0, "high": 1.0},
            random=True,
        ),
        "stop_gradient": Function(
            "stop_gradient(x)", "x, as a constant for the update.", (1, 1), rules.kept
        ),
        "derivative": Function(
            "derivative(y, x)",
            "The gradient of the sum of y by x, in the shape of x; nested for higher orders.",
            (2, 2),
            rules.derived,
        ),
        **dict(
            (
                _over("mean", "The mean"),
                _over("sum", "The sum"),
                _over("max", "The largest number"),
                _over("min", "The smallest number"),
                _over("norm", "The Euclidean norm"),
                _each("abs", "Without the sign."),
                _each("exp", "e to the power of x."),
                _each("log", "The natural logarithm."),
                _each("sqrt", "The square root."),
                _each("square", "x times x."),
                _each("sin", "The sine."),
                _each("cos", "The cosine."),
                _each("tanh", "The hyperbolic tangent."),
                _each("sigmoid", "Between 0 and 1."),
                _each("softplus", "log(1 + exp(x)), always above 0."),
                _each("relu", "x, and 0 where x is negative."),
            )
        ),
        "softmax": Function(
            "softmax(x, axis=-1)",
            "Probabilities along an axis.",
            (1, 1),
            rules.along,
            options=_LAST,
        ),
        "log_softmax": Function(
            "log_softmax(x, axis=-1)",
            "Logarithms of probabilities along an axis.",
            (1, 1),
            rules.along,
            options=_LAST,
        ),
        "normalize": Function(
            "normalize(x, axis=-1)", "x divided by its norm.", (1, 1), rules.along, options=_LAST
        ),
        "clamp": Function(
            "clamp(x, low, high)", "x, kept between two numbers.", (1, 1), rules.same, (2, 2)
        ),
        "concat": Function(
            "concat(a, b, …)", "Side by side along the first axis.", (2, MANY), rules.concatenated
        ),
        "slice": Function(
            "slice(x, start, stop)", "A part of the first axis.", (1, 1), rules.sliced, (2, 2)
        ),
        "reshape": Function(
            "reshape(x, size, …)",
            "The same numbers in another shape.",
            (1, 1),
            rules.reshaped,
            (0, MOST_AXES),
        ),
        "one_hot": Function(
            "one_hot(t, classes)", "1 at the class, 0 elsewhere.", (1, 1), rules.one_hot, (1, 1)
        ),
        "shuffle": Function(
            "shuffle(x)",
            "The samples of the batch in another order.",
            (1, 1),
            rules.kept,
            random=True,
        ),
        "mix": Function(
            "mix(a, b)",
            "A point between a and b, drawn for each sample (for gradient penalties).",
            (2, 2),
            rules.mixed,
            random=True,
        ),
        "noise": Function(
            "noise(x, scale)",
            "x with normal noise of this deviation.",
            (1, 1),
            rules.same,
            (1, 1),
            random=True,
        ),
        "mask": Function(
            "mask(x, share)",
            "x with this share of its numbers set to 0, drawn for each.",
            (1, 1),
            rules.same,
            (1, 1),
            random=True,
        ),
    }
)
"""Every function by its name."""

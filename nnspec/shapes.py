"""Shapes without the batch axis, and the value a shape rule returns when its inputs do not fit.

Layout is PyTorch's: a vector is `features`, a picture `channels x height x width`, a sequence
`length x features` (batch first), tokens are whole numbers of shape `length`. A size may be
symbolic (a name such as "length") where it differs from batch to batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from nnspec.syntax import Plain

Size: TypeAlias = int | str

Keeps: TypeAlias = Literal["input", "result", "nothing", "view"]
"""What of its numbers a layer needs to learn: what entered, what left, neither; a view is no copy.
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of one sample and whether they hold real numbers or whole numbers (tokens, classes).

    `count` tells of whole numbers that the data offers how many different ones there are.
    """

    sizes: tuple[Size, ...]
    dtype: Literal["float", "int"] = "float"
    count: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return " x ".join(str(size) for size in self.sizes) if self.sizes else "one number"

    def __len__(self) -> int:
        return len(self.sizes)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a layer cannot take what it is given, in words for the user.

    Attributes:
        message: what is said of the layer, without it: "needs a picture but receives 64".
        code: the problem's code, for example `shape.mismatch`.
        setting: the setting of this layer to point at, or "" for the layer as a whole.
        fix: a (setting, value) of this layer that would certainly mend it, or None.
    """

    message: str
    hint: str | None = None
    code: str = "shape.mismatch"
    setting: str = ""
    fix: tuple[str, Plain] | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """A library that a layer needs besides torch.

    Attributes:
        library: the name it is imported by.
        extra: the optional part of this program that brings it.
        setting: the setting of the layer that asks for it, or "" for the layer as a whole.
    """

    library: str
    extra: str
    setting: str = ""


class Layer(Protocol):
    """What every layer offers; `inputs` are the shapes that arrive, in the order of `from:`.

    A layer that may need a library besides torch also has `requires() -> Requirement | None`. For
    the forecast of memory and time one may have `keeps: ClassVar[Keeps]` ("input" without it),
    `kept(*inputs) -> int`, the numbers kept for learning from one sample besides (0), and
    `calls(*inputs) -> int`, how many small operations it runs one after another (few). One whose
    module leaves a `penalty` while it trains says so with a property `penalizes`.
    """

    def shape(self, *inputs: Shape) -> Shape | Fault:
        """The shape that leaves, or why there is none. Pure, instant, free of torch."""
        ...

    def parameters(self, *inputs: Shape) -> int:
        """How many trainable numbers the built module holds."""
        ...

    def macs(self, *inputs: Shape) -> int:
        """Multiply-adds for one sample."""
        ...

    def build(self, *inputs: Shape) -> Any:
        """The `torch.nn.Module`, called with as many tensors as there are inputs."""
        ...


class WeightedLayer(Layer, Protocol):
    """A layer that another may wrap: it has weights of two axes or more, named `weight`."""

    def rows(self, *inputs: Shape) -> int:
        """The first axis of its weights; the sum, where it has several."""
        ...


@dataclass(frozen=True, slots=True)
class Interface:
    """What the data offers the network: named inputs, and what each target needs.

    Attributes:
        inputs: shape by input name.
        targets: the shape of the answer to each target, without the batch axis: `classes`, one
            number, `length x classes`, `classes x height x width`.
        default: the input that `input` means at the top of the model.
        optional: inputs that may stay unused and are never the default, such as the lengths of
            texts.
        truths: how the values of each target look to formulas, without the batch axis: a class
            number (`()`, whole), numbers as they are answered, class numbers of positions or
            pixels. A target that is not in it may look like anything.
    """

    inputs: Mapping[str, Shape]
    targets: Mapping[str, Shape]
    default: str | None = None
    optional: frozenset[str] = frozenset()
    truths: Mapping[str, Shape] = field(default_factory=dict[str, Shape])

    @property
    def main(self) -> tuple[str, ...]:
        """The inputs that a network is expected to use."""
        return tuple(name for name in self.inputs if name not in self.optional)

    @property
    def entry(self) -> str | None:
        """The input that `input` means: the default, else the only one there is."""
        return self.default or (self.main[0] if len(self.main) == 1 else None)


def truth_of(answer: Shape, classes: int) -> Shape:
    """How the values of a target look whose answer has this shape.

    Args:
        answer: what the network gives, without the batch axis.
        classes: how many classes there are; 0 for numbers, which look as they are answered.
    """
    if not classes:
        return answer
    places = answer.sizes[1:] if len(answer) == 3 else answer.sizes[:-1]
    return Shape(places, "int", classes)


def width_of(x: Shape) -> Size:
    """The size of the axis that classes or features lie on: what `auto` stands for."""
    return x.sizes[0] if len(x) == 3 else x.sizes[-1]

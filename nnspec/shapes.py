"""Shapes without the batch axis, and the value a shape rule returns when its inputs do not fit.

Layout is PyTorch's: a vector is `features`, a picture `channels x height x width`, a sequence
`length x features` (batch first), tokens are whole numbers of shape `length`. A size may be
symbolic (a name such as "length") where it differs from batch to batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from nnspec.syntax import Plain

Size: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of one sample and whether they hold real numbers or whole numbers (tokens, classes)."""

    sizes: tuple[Size, ...]
    dtype: Literal["float", "int"] = "float"

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


class Layer(Protocol):
    """What every layer offers; `inputs` are the shapes that arrive, in the order of `from:`."""

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


@dataclass(frozen=True, slots=True)
class Interface:
    """What the data offers the network: named inputs, and how many numbers each target needs.

    Attributes:
        inputs: shape by input name; `default` is the one that `input` means at the top of the
        model. targets: how many outputs each target needs (classes, or 1 for a number).
    """

    inputs: Mapping[str, Shape]
    targets: Mapping[str, int]
    default: str | None = None

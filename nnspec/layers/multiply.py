"""Product of several results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.rules import combined
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Merge", many=True, also=("mul", "gate"))
@dataclass(frozen=True, slots=True)
class Multiply:
    """Multiplies several results number by number.

    Sizes of 1 are repeated. A vector beside pictures or sequences weighs each channel or feature.
    """

    def shape(self, *inputs: Shape) -> Shape | Fault:
        axes = max(len(x) for x in inputs)
        return combined(*(_aligned(x, axes) for x in inputs))

    def parameters(self, *inputs: Shape) -> int:
        return 0

    def macs(self, *inputs: Shape) -> int:
        return 0

    def build(self, *inputs: Shape) -> nn.Module:
        from nnspec.modules_axes import Product

        return Product()


def _aligned(x: Shape, axes: int) -> Shape:
    """A vector as a sequence of one position, or as a picture of one point for each channel."""
    if len(x) != 1 or axes == 1:
        return x
    others = (1,) * (axes - 1)
    return Shape((*others, *x.sizes) if axes == 2 else (*x.sizes, *others), x.dtype)

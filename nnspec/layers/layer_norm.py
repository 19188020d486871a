"""Steadies every sample by its own numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from nnspec.arrivals import count, not_a_picture, not_real_numbers
from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", also=("layernorm", "ln", "layer_normalization"))
@dataclass(frozen=True, slots=True)
class LayerNorm:
    """Gives every sample mean 0 and deviation 1, then a learned scale and shift.

    Works over the features of a vector, over the features of each step of a sequence, and over all
    of channels, height and width of a picture.
    """

    eps: float = param(
        1e-5, help="Added to the variance, so that nothing is divided by 0.", above=0
    )
    elementwise_affine: bool = param(
        True,
        help="Learns a scale for every feature, or for every value of a picture.",
        also=("affine",),
    )
    bias: bool = param(True, help="Learns a shift too, where it learns a scale.")

    def shape(self, x: Shape) -> Shape | Fault:
        if fault := not_real_numbers(x):
            return fault
        if len(x) > 2 and (fault := not_a_picture(x)):
            return fault
        if len(x) == 0 or not isinstance(x.sizes[-1], int):
            return Fault(f"needs features and is given {x}", "give the data a fixed size")
        if prod(_normalized(x)) == 1:
            return Fault("would make a single number always 0", "remove it")
        return x

    def parameters(self, x: Shape) -> int:
        return prod(_normalized(x)) * (1 + self.bias) * self.elementwise_affine

    def macs(self, x: Shape) -> int:
        return count(x)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.LayerNorm(list(_normalized(x)), self.eps, self.elementwise_affine, bias=self.bias)


def _normalized(x: Shape) -> tuple[int, ...]:
    """The last axes that are taken together."""
    return tuple(int(size) for size in (x.sizes if len(x) == 3 else x.sizes[-1:]))

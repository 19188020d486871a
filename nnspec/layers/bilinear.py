"""Products of two results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, features, needs_vectors, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Merge", takes=("left", "right"))
@dataclass(frozen=True, slots=True)
class Bilinear:
    """Makes every output a weighted sum of all products of two features, one of each input."""

    out_features: int | Literal["auto"] = param(
        help="How many numbers leave; auto is what the target needs.", low=1, also=("units",)
    )
    bias: bool = param(True, help="Adds a learned number to every output.")

    def shape(self, left: Shape, right: Shape) -> Shape | Fault:
        fault = needs_vectors(left) or needs_vectors(right)
        if fault:
            return fault
        if left.sizes[:-1] != right.sizes[:-1]:
            return Fault(
                f"receives {described(left)} and {described(right)}",
                "both have to be vectors, or sequences of one length",
            )
        return Shape((*left.sizes[:-1], int(self.out_features)))

    def parameters(self, left: Shape, right: Shape) -> int:
        return (features(left) * features(right) + self.bias) * int(self.out_features)

    def macs(self, left: Shape, right: Shape) -> int:
        return volume(left.sizes) * features(right) * int(self.out_features)

    def build(self, left: Shape, right: Shape) -> nn.Module:
        from torch import nn

        sizes = (features(left), features(right), int(self.out_features))
        return nn.Bilinear(*sizes, bias=self.bias)

"""The fully connected layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, known, needs_floats, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Linear", also=("dense", "fc", "fully_connected"))
@dataclass(frozen=True, slots=True)
class Linear:
    """Makes every output a weighted sum of all features.

    On a sequence it works on each position alike.
    """

    out_features: int | Literal["auto"] = param(
        help="How many numbers leave; auto is what the target needs.", low=1, also=("units",)
    )
    bias: bool = param(True, help="Adds a learned number to every output.")

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_floats(x)
        if fault:
            return fault
        if len(x) not in (1, 2):
            return Fault(
                f"needs a vector of features but receives {described(x)}",
                "put flatten or global_avg_pool before it",
            )
        if not isinstance(x.sizes[-1], int):
            return Fault(
                f"needs a known number of features but receives {described(x)}",
                "pool it first with global_avg_pool",
            )
        return Shape((*x.sizes[:-1], int(self.out_features)))

    def rows(self, x: Shape) -> int:
        """The first axis of the weights, for layers that wrap it."""
        return int(self.out_features)

    def parameters(self, x: Shape) -> int:
        return (known(x.sizes[-1]) + self.bias) * int(self.out_features)

    def macs(self, x: Shape) -> int:
        return volume(x.sizes) * int(self.out_features)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Linear(known(x.sizes[-1]), int(self.out_features), bias=self.bias)

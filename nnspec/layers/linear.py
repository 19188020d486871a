"""Every output is a weighted sum of all inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Linear", also=("dense", "fc", "fully_connected"))
@dataclass(frozen=True, slots=True)
class Linear:
    """Makes every output a weighted sum of all inputs of the last axis."""

    out_features: int | Literal["auto"] = param(
        help="How many numbers leave; auto is what the target needs.", low=1, also=("units",)
    )
    bias: bool = param(True, help="Adds a learned number to every output.")

    def shape(self, x: Shape) -> Shape | Fault:
        if len(x) == 0 or not isinstance(x.sizes[-1], int):
            return Fault(f"the last axis of {x} has no fixed size", "flatten or pool it first")
        if len(x) == 3:
            return Fault(
                f"a picture of {x} has no single row of features",
                "add flatten or global_avg_pool before it",
            )
        return Shape((*x.sizes[:-1], int(self.out_features)))

    def parameters(self, x: Shape) -> int:
        return (int(x.sizes[-1]) + self.bias) * int(self.out_features)

    def macs(self, x: Shape) -> int:
        rows = math.prod(size for size in x.sizes[:-1] if isinstance(size, int))
        return rows * int(x.sizes[-1]) * int(self.out_features)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Linear(int(x.sizes[-1]), int(self.out_features), bias=self.bias)

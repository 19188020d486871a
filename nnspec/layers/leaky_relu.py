"""A ReLU that lets a little through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.inputs import real
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("lrelu",))
@dataclass(frozen=True, slots=True)
class LeakyReLU:
    """Makes negative numbers small instead of zero."""

    negative_slope: float = param(
        0.01, help="What negative numbers are multiplied by.", low=0, high=1, also=("alpha",)
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return real(x)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.LeakyReLU(self.negative_slope)

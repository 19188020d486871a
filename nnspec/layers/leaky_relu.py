"""The leaky rectified linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise
from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("lrelu",))
@dataclass(frozen=True, slots=True)
class LeakyRelu(Elementwise):
    """Makes negative numbers small instead of 0."""

    negative_slope: float = param(
        0.01, help="What negative numbers are multiplied by.", also=("alpha",)
    )

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.LeakyReLU(self.negative_slope)

"""A linear layer with a SiLU gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_vectors, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Linear", also=("gated_mlp",))
@dataclass(frozen=True, slots=True)
class Swiglu:
    """Multiplies a linear layer by the SiLU of another; usual in newer Transformers."""

    out_features: int = param(
        help="How many numbers leave.", low=1, also=("hidden_features", "hidden_size", "units")
    )
    bias: bool = param(True, help="Adds a learned number to every output.")

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_vectors(x) or Shape((*x.sizes[:-1], self.out_features))

    def parameters(self, x: Shape) -> int:
        return 2 * (features(x) + self.bias) * self.out_features

    def macs(self, x: Shape) -> int:
        return 2 * volume(x.sizes) * self.out_features

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_pictures import GatedLinear

        return GatedLinear(features(x), self.out_features, "silu", bias=self.bias)

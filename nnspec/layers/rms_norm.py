"""Root mean square normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_features, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization")
@dataclass(frozen=True, slots=True)
class RmsNorm:
    """Scales the features of each position to a root mean square of 1."""

    eps: float | None = param(
        None, above=0, help="Keeps the division from 0; null takes the smallest.", advanced=True
    )
    elementwise_affine: bool = param(True, help="Whether the scale is learned.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_features(x) or x

    def parameters(self, x: Shape) -> int:
        return features(x) if self.elementwise_affine else 0

    def macs(self, x: Shape) -> int:
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules_axes import ChannelRMSNorm

        make = ChannelRMSNorm if len(x) > 2 else nn.RMSNorm
        return make(features(x), eps=self.eps, elementwise_affine=self.elementwise_affine)

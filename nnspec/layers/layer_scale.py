"""A learned factor for each channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import feature_axis, features, needs_features, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", also=("scale", "affine"))
@dataclass(frozen=True, slots=True)
class LayerScale:
    """Multiplies each channel or feature by a learned number; stands at the end of a branch."""

    init: float = param(1e-5, help="The factor before training.", also=("init_values",))

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_features(x) or x

    def parameters(self, x: Shape) -> int:
        return features(x)

    def macs(self, x: Shape) -> int:
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_axes import LayerScale as Module

        return Module(features(x), self.init, feature_axis(x) + 1)

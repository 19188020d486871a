"""Channels weighed by what the picture shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_picture, needs_volume, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Attention", also=("se", "squeeze_and_excitation", "channel_attention"))
@dataclass(frozen=True, slots=True)
class SqueezeExcite:
    """Weighs each channel of a picture by a number that is learned from all channels."""

    reduction: int = param(
        16, help="How many times fewer features there are in between.", low=1, also=("ratio",)
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return (needs_volume(x) if len(x) == 4 else needs_picture(x)) or x

    def _hidden(self, x: Shape) -> int:
        return max(features(x) // self.reduction, 1)

    def parameters(self, x: Shape) -> int:
        return 2 * features(x) * self._hidden(x) + features(x) + self._hidden(x)

    def macs(self, x: Shape) -> int:
        return 2 * features(x) * self._hidden(x) + volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_pictures import SqueezeExcite as Module

        return Module(features(x), self._hidden(x))

"""Parameters of a mixture of Gaussians."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_vectors, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Mixture", also=("mdn", "gaussian_mixture"))
@dataclass(frozen=True, slots=True)
class MixtureDensity:
    """Gives the weights, means and deviations of several Gaussians for one number.

    Side by side leave the logits of the weights, the means and the logarithms of the deviations
    (Bishop 1994).
    """

    components: int = param(5, help="How many Gaussians are mixed.", low=1, also=("mixtures",))

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_vectors(x) or Shape((*x.sizes[:-1], 3 * self.components))

    def parameters(self, x: Shape) -> int:
        return 3 * self.components * (features(x) + 1)

    def macs(self, x: Shape) -> int:
        return 3 * self.components * volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_mixtures import MixtureDensity as Module

        return Module(features(x), self.components)

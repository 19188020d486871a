"""Random Fourier features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_vectors, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Linear", also=("random_fourier_features", "rff"))
@dataclass(frozen=True, slots=True)
class FourierFeatures:
    """Turns the features into sines and cosines of fixed random directions.

    It lets a network of coordinates (pictures, physics) learn fine detail.
    """

    num_frequencies: int = param(
        64, help="How many directions are drawn; twice as many numbers leave.", low=1
    )
    scale: float = param(
        1.0, help="How high the frequencies are; more shows finer detail.", above=0, also=("sigma",)
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_vectors(x) or Shape((*x.sizes[:-1], 2 * self.num_frequencies))

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return volume(x.sizes) * self.num_frequencies

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_pictures import FourierFeatures as Module

        return Module(features(x), self.num_frequencies, self.scale)

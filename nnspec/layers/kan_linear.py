"""The layer of Kolmogorov-Arnold networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_vectors, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Linear", also=("kan", "kan_layer"))
@dataclass(frozen=True, slots=True)
class KanLinear:
    """Makes every output a sum of learned curves, one for each feature (Kolmogorov-Arnold).

    A curve is a SiLU plus B-splines on a grid; bring the features into the grid before it, with
    layer_norm or tanh.
    """

    out_features: int | Literal["auto"] = param(
        help="How many numbers leave; auto is what the target needs.", low=1, also=("units",)
    )
    grid_size: int = param(5, help="Into how many pieces the grid is divided.", low=1)
    spline_order: int = param(
        3, help="The degree of the pieces; 3 is smooth.", low=0, high=8, advanced=True
    )
    grid_limit: float = param(
        1.0, help="The grid reaches from minus this number to this number.", above=0
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_vectors(x) or Shape((*x.sizes[:-1], int(self.out_features)))

    def _curves(self) -> int:
        return 1 + self.grid_size + self.spline_order

    def parameters(self, x: Shape) -> int:
        return features(x) * int(self.out_features) * self._curves()

    def macs(self, x: Shape) -> int:
        return volume(x.sizes) * int(self.out_features) * self._curves()

    def kept(self, x: Shape) -> int:
        """The splines of every input, degree by degree."""
        return 9 * (self.grid_size + self.spline_order) * volume(x.sizes)

    def calls(self, x: Shape) -> int:
        """Kernels one after another."""
        return 30

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_pictures import KanLinear as Module

        grid = (self.grid_size, self.spline_order, self.grid_limit)
        return Module(features(x), int(self.out_features), *grid)

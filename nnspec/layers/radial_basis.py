"""Radial basis functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_vectors, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Linear", also=("rbf", "rbf_layer", "gaussian_basis"))
@dataclass(frozen=True, slots=True)
class RadialBasis:
    """Tells how near the features are to each of several learned centres, from 0 to 1."""

    num_centers: int = param(help="How many centres to learn.", low=1, also=("units", "centers"))

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_vectors(x) or Shape((*x.sizes[:-1], self.num_centers))

    def parameters(self, x: Shape) -> int:
        return (features(x) + 1) * self.num_centers

    def macs(self, x: Shape) -> int:
        return volume(x.sizes) * self.num_centers

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_pictures import RadialBasis as Module

        return Module(features(x), self.num_centers)

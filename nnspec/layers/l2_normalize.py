"""Vectors of length 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise, feature_axis, needs_features
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", also=("normalize", "unit_norm"))
@dataclass(frozen=True, slots=True)
class L2Normalize(Elementwise):
    """Scales the features of each vector, position or point to a length of 1."""

    eps: float = param(1e-12, above=0, help="Keeps the division from 0.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_features(x) or x

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_axes import L2Normalize as Module

        return Module(feature_axis(x) + 1, self.eps)

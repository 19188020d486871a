"""The gated linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.rules import Weightless, described, feature_axis, features, needs_features
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("gated_linear_unit",))
@dataclass(frozen=True, slots=True)
class Glu(Weightless):
    """Halves the features: the sigmoid of the second half weighs the first."""

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_features(x)
        if fault:
            return fault
        if features(x) % 2:
            return Fault(
                f"needs an even number of features but receives {described(x)}",
                f"use {features(x) + 1} features in the layer before it",
            )
        axis = feature_axis(x)
        return Shape((*x.sizes[:axis], features(x) // 2, *x.sizes[axis + 1 :]))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.GLU(dim=feature_axis(x) + 1)

"""Softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import Elementwise, feature_axis, needs_features
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation")
@dataclass(frozen=True, slots=True)
class Softmax(Elementwise):
    """Turns the features into shares that sum to 1.

    A classifier does not end with it: its loss expects the numbers before softmax.
    """

    keeps: ClassVar[Keeps] = "result"

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_features(x) or x

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Softmax(dim=feature_axis(x) + 1)

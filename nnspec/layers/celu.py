"""The continuously differentiable exponential linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise
from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation")
@dataclass(frozen=True, slots=True)
class Celu(Elementwise):
    """Bends negative numbers smoothly towards -alpha, without a corner at 0."""

    alpha: float = param(1.0, above=0, help="The limit of negative numbers.")

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.CELU(self.alpha)

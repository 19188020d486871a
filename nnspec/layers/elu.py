"""The exponential linear unit."""

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
class Elu(Elementwise):
    """Bends negative numbers towards a lowest value."""

    alpha: float = param(1.0, above=0, help="How far below 0 the lowest value lies.")

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.ELU(self.alpha)

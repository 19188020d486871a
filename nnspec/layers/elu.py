"""A smooth relative of ReLU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.inputs import real
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("exponential_linear",))
@dataclass(frozen=True, slots=True)
class ELU:
    """Bends negative numbers smoothly towards a lowest value."""

    alpha: float = param(1.0, help="How far below zero the lowest value lies.", above=0)

    def shape(self, x: Shape) -> Shape | Fault:
        return real(x)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.ELU(self.alpha)

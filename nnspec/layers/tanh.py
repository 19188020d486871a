"""An activation with bounds on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.inputs import real
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("hyperbolic_tangent",))
@dataclass(frozen=True, slots=True)
class Tanh:
    """Squeezes every number between -1 and 1."""

    def shape(self, x: Shape) -> Shape | Fault:
        return real(x)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Tanh()

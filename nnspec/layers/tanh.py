"""The hyperbolic tangent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import Elementwise
from nnspec.shapes import Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation")
@dataclass(frozen=True, slots=True)
class Tanh(Elementwise):
    """Squeezes numbers between -1 and 1."""

    keeps: ClassVar[Keeps] = "result"

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Tanh()

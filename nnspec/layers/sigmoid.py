"""The logistic function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import Elementwise
from nnspec.shapes import Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("logistic",))
@dataclass(frozen=True, slots=True)
class Sigmoid(Elementwise):
    """Squeezes numbers between 0 and 1."""

    keeps: ClassVar[Keeps] = "result"

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Sigmoid()

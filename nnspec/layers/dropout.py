"""Dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise, volume
from nnspec.shapes import Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Regularization")
@dataclass(frozen=True, slots=True)
class Dropout(Elementwise):
    """Sets random numbers to 0 while training, against overfitting."""

    keeps: ClassVar[Keeps] = "nothing"

    p: float = param(
        0.5, low=0, below=1, help="The share of numbers set to 0.", also=("rate", "probability")
    )

    def kept(self, x: Shape) -> int:
        """The mask."""
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Dropout(self.p)

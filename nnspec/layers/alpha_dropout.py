"""Dropout that keeps mean and deviation."""

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
class AlphaDropout(Elementwise):
    """Drops random numbers while training and keeps mean and deviation; goes with selu."""

    keeps: ClassVar[Keeps] = "nothing"

    p: float = param(
        0.5, low=0, below=1, help="The share of numbers dropped.", also=("rate", "probability")
    )

    def kept(self, x: Shape) -> int:
        """The mask."""
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.AlphaDropout(self.p)

"""Dropout of whole features of a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise, needs_sequence
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Regularization", also=("spatial_dropout1d",))
@dataclass(frozen=True, slots=True)
class Dropout1d(Elementwise):
    """Sets random whole features of a sequence to 0 while training."""

    keeps: ClassVar[Keeps] = "nothing"

    p: float = param(
        0.5, low=0, below=1, help="The share of features set to 0.", also=("rate", "probability")
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_sequence(x) or x

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules import OverLength

        return OverLength(nn.Dropout1d(self.p))

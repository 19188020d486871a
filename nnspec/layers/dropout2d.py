"""Dropout of whole channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise, needs_picture
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Regularization", also=("spatial_dropout2d",))
@dataclass(frozen=True, slots=True)
class Dropout2d(Elementwise):
    """Sets random whole channels of a picture to 0 while training."""

    keeps: ClassVar[Keeps] = "nothing"

    p: float = param(
        0.5, low=0, below=1, help="The share of channels set to 0.", also=("rate", "probability")
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_picture(x) or x

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Dropout2d(self.p)

"""Protection against learning rows by heart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.inputs import real
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Regularization")
@dataclass(frozen=True, slots=True)
class Dropout:
    """Sets numbers to zero at random while training."""

    p: float = param(0.5, help="Share of the numbers set to zero.", low=0, below=1, also=("rate",))

    def shape(self, x: Shape) -> Shape | Fault:
        return real(x)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Dropout(self.p)

"""Dropout of a whole branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise
from nnspec.shapes import Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Regularization", also=("drop_path", "drop_connect"))
@dataclass(frozen=True, slots=True)
class StochasticDepth(Elementwise):
    """Sets all numbers of random samples to 0 while training; stands at the end of a branch.

    Where the branch is then added to its own input, whole layers are left out for those samples.
    """

    keeps: ClassVar[Keeps] = "nothing"

    p: float = param(
        0.1, low=0, below=1, help="The share of samples set to 0.", also=("rate", "probability")
    )

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_pictures import StochasticDepth as Module

        return Module(self.p)

"""Noise while training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise
from nnspec.shapes import Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Regularization", also=("noise",))
@dataclass(frozen=True, slots=True)
class GaussianNoise(Elementwise):
    """Adds random normal numbers while training, against overfitting."""

    keeps: ClassVar[Keeps] = "nothing"

    std: float = param(
        0.1, low=0, help="The standard deviation of the noise.", also=("stddev", "sigma")
    )

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_pictures import GaussianNoise as Module

        return Module(self.std)

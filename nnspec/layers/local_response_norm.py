"""Normalisation over neighbouring channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise, needs_picture, needs_volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", also=("lrn",))
@dataclass(frozen=True, slots=True)
class LocalResponseNorm(Elementwise):
    """Makes each number smaller, the larger those of neighbouring channels; as in AlexNet."""

    size: int = param(5, help="How many neighbouring channels count.", low=1, also=("n",))
    alpha: float = param(1e-4, help="How strongly neighbours count.", low=0)
    beta: float = param(0.75, help="The exponent.", low=0)
    k: float = param(1.0, above=0, help="What is added to the sum of squares.", also=("bias",))

    def shape(self, x: Shape) -> Shape | Fault:
        return (needs_volume(x) if len(x) == 4 else needs_picture(x)) or x

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.LocalResponseNorm(self.size, self.alpha, self.beta, self.k)

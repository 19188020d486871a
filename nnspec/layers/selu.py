"""The scaled exponential linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.rules import Elementwise
from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation")
@dataclass(frozen=True, slots=True)
class Selu(Elementwise):
    """Keeps mean and deviation of a deep plain network near 0 and 1; goes with alpha_dropout."""

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.SELU()

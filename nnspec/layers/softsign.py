"""The softsign function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.rules import Elementwise, volume
from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation")
@dataclass(frozen=True, slots=True)
class Softsign(Elementwise):
    """Squeezes numbers to -1 to 1, more slowly than tanh: x / (1 + |x|)."""

    def kept(self, x: Shape) -> int:
        """The denominators."""
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Softsign()

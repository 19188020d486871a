"""Softplus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise
from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation")
@dataclass(frozen=True, slots=True)
class Softplus(Elementwise):
    """Makes every number positive, smoothly."""

    beta: float = param(1.0, above=0, help="How sharp the bend at 0 is.")

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Softplus(self.beta)

"""Positions for layers that do not know of order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import Weightless, features, needs_sequence
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence")
@dataclass(frozen=True, slots=True)
class PositionalEncoding(Weightless):
    """Adds to each position of a sequence a pattern that tells where it stands."""

    keeps: ClassVar[Keeps] = "nothing"

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_sequence(x) or x

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules import SinusoidalPositions

        return SinusoidalPositions(features(x))

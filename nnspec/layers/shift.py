"""A sequence moved along its length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Weightless, needs_sequence
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence", also=("lag", "delay"))
@dataclass(frozen=True, slots=True)
class Shift(Weightless):
    """Moves a sequence to later positions and fills up with zeros.

    With steps: 1 each position holds what stood before it, as a decoder needs it.
    """

    keeps: ClassVar[Keeps] = "nothing"

    steps: int = param(1, help="How far it moves; below 0 to earlier positions.")

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_sequence(x) or x

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_sequences import Shift as Module

        return Module(self.steps)

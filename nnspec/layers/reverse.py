"""A sequence from its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import Weightless
from nnspec.sequence_rules import needs_padded
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence", takes=("input", "lengths?"), also=("flip",))
@dataclass(frozen=True, slots=True)
class Reverse(Weightless):
    """Turns a sequence round: the last position comes first.

    With a second input, how many positions are real, padding stays at the end.
    """

    keeps: ClassVar[Keeps] = "nothing"

    def shape(self, x: Shape, lengths: Shape | None = None) -> Shape | Fault:
        return needs_padded(x, lengths) or x

    def build(self, *inputs: Shape) -> nn.Module:
        from nnspec.modules_sequences import Reverse as Module

        return Module()

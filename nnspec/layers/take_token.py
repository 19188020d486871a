"""One position of a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Weightless, features
from nnspec.sequence_rules import needs_padded
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence", takes=("input", "lengths?"), also=("last_step", "select_token", "pooler"))
@dataclass(frozen=True, slots=True)
class TakeToken(Weightless):
    """Takes the features at the first or the last position of a sequence.

    With a second input, how many positions are real, the last one is the last real one.
    """

    keeps: ClassVar[Keeps] = "view"

    position: Literal["first", "last"] = param("last", help="Which position is taken.")

    def shape(self, x: Shape, lengths: Shape | None = None) -> Shape | Fault:
        return needs_padded(x, lengths) or Shape((features(x),))

    def build(self, *inputs: Shape) -> nn.Module:
        from nnspec.modules_sequences import TakeToken as Module

        return Module(self.position)

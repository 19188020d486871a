"""Positions as angles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, must_divide, needs_sequence, volume
from nnspec.sequence_rules import needs_pairs
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence", also=("rope", "rotary", "rotary_positional_embedding"))
@dataclass(frozen=True, slots=True)
class RotaryEmbedding:
    """Turns pairs of features by an angle that grows with the position.

    Put it on queries and keys: their products then depend on distances alone (Su et al. 2021).
    """

    keeps: ClassVar[Keeps] = "nothing"

    num_heads: int = param(
        1, help="Into how many parts the features are divided, each turned alike.", low=1
    )
    base: float = param(10_000.0, help="How slowly the slowest pair turns.", above=0, advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_sequence(x)
        fault = fault or must_divide("num_heads", self.num_heads, features(x), "features")
        return fault or needs_pairs(features(x) // self.num_heads, "a part") or x

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 2 * volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_attention import RotaryPositions

        return RotaryPositions(features(x), self.num_heads, self.base)

"""Learned positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, features, known, needs_sequence
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence", also=("position_embedding", "positional_embedding"))
@dataclass(frozen=True, slots=True)
class LearnedPositionalEmbedding:
    """Adds to each position of a sequence a learned vector that tells where it stands."""

    keeps: ClassVar[Keeps] = "nothing"

    max_length: int | None = param(
        None,
        help="How many positions are learned, later ones share the last; null is the length.",
        low=1,
        also=("max_len", "num_positions"),
    )

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_sequence(x)
        if fault is None and self.max_length is None and not isinstance(x.sizes[0], int):
            fault = Fault(
                f"does not know how many positions to learn for {described(x)}",
                "write how many, for example max_length: 256",
                fix=("max_length", 256),
            )
        return fault or x

    def _positions(self, x: Shape) -> int:
        return known(x.sizes[0]) if self.max_length is None else self.max_length

    def parameters(self, x: Shape) -> int:
        return self._positions(x) * features(x)

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_attention import LearnedPositions

        return LearnedPositions(self._positions(x), features(x))

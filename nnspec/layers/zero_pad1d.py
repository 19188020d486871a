"""Zeros at the ends of a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Weightless, described, needs_sequence, pair
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("zero_padding1d",))
@dataclass(frozen=True, slots=True)
class ZeroPad1d(Weightless):
    """Adds positions of zeros before and after a sequence."""

    keeps: ClassVar[Keeps] = "nothing"

    padding: int | tuple[int, ...] = param(
        help="How many at both ends, or before and after.", low=0, length=(2,)
    )

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_sequence(x)
        if fault:
            return fault
        if isinstance(x.sizes[0], str):
            return Fault(
                f"changes the length, which is not known of {described(x)}",
                "make the length fixed first with adaptive_avg_pool1d",
            )
        return Shape((x.sizes[0] + sum(pair(self.padding)), x.sizes[1]))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.ZeroPad2d((0, 0, *pair(self.padding)))

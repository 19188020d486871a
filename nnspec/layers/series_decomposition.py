"""Trend and season of a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import needs_sequence, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence", also=("moving_average", "series_decomp", "moving_avg"))
@dataclass(frozen=True, slots=True)
class SeriesDecomposition:
    """Takes the moving average of a series (its trend), or what the trend leaves.

    Ends are repeated, so that the length stays (Autoformer, DLinear).
    """

    part: Literal["trend", "seasonal"] = param(
        "trend", help="The moving average, or what it leaves."
    )
    kernel_size: int = param(
        25, help="Over how many positions the average goes.", low=1, high=100_000
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_sequence(x) or x

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return volume(x.sizes) * self.kernel_size

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_sequences import SeriesDecomposition as Module

        return Module(self.kernel_size, self.part)

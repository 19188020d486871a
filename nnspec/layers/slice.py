"""A stretch of an axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Weightless, described, picked_axis
from nnspec.shapes import Fault, Keeps, Shape, Size

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("narrow", "take", "select"))
@dataclass(frozen=True, slots=True)
class Slice(Weightless):
    """Takes the features, channels or positions from one number to before another."""

    keeps: ClassVar[Keeps] = "view"

    start: int = param(0, help="The first one taken; negative ones count from the end.")
    stop: int | None = param(
        None, help="The first one no longer taken; null takes all that follow.", also=("end",)
    )
    dim: int | None = param(
        None,
        help="The axis, 0 is the first after the batch; null takes channels of pictures and "
        "features of everything else.",
        low=0,
        also=("axis",),
    )

    def shape(self, x: Shape) -> Shape | Fault:
        axis = picked_axis(self.dim, x)
        if isinstance(axis, Fault):
            return axis
        left = self._left(x.sizes[axis])
        if left == 0:
            return Fault(
                f"takes nothing from {described(x)}",
                f"use start and stop within {x.sizes[axis]}, start below stop",
                setting="start",
            )
        if left is None:
            return Fault(
                f"cannot count what is left of {described(x)}",
                "use start: -1 for the last position, or make the length fixed first",
                setting="start",
            )
        return Shape((*x.sizes[:axis], left, *x.sizes[axis + 1 :]), x.dtype)

    def _left(self, size: Size) -> Size | None:
        """How many are taken; of an unknown length only all or the last can be told."""
        if isinstance(size, int):
            first, last, _ = slice(self.start, self.stop).indices(size)
            return max(last - first, 0)
        return {0: size, -1: 1}.get(self.start) if self.stop is None else None

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_axes import Slice as Module

        axis = picked_axis(self.dim, x)
        return Module(self.start, self.stop, 1 + (0 if isinstance(axis, Fault) else axis))

"""Edges cut off a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.filters import spread
from nnspec.params import param
from nnspec.rules import Weightless, described, known, needs_picture
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("crop", "cropping2d"))
@dataclass(frozen=True, slots=True)
class Crop2d(Weightless):
    """Cuts off strips on each side of a picture."""

    keeps: ClassVar[Keeps] = "nothing"

    cropping: int | tuple[int, ...] = param(
        help="How many on every side, or left, right, top and bottom.", low=0, length=(4,)
    )

    def _sides(self) -> tuple[int, int, int, int]:
        left, right, top, bottom = spread(self.cropping, 4)
        return left, right, top, bottom

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x)
        if fault:
            return fault
        left, right, top, bottom = self._sides()
        height, width = (known(size) for size in x.sizes[1:])
        if top + bottom >= height or left + right >= width:
            largest = (min(height, width) - 1) // 2
            return Fault(
                f"cuts off all of {described(x)}",
                f"use cropping: {largest} or less",
                setting="cropping",
                fix=("cropping", largest),
            )
        return Shape((x.sizes[0], height - top - bottom, width - left - right))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        left, right, top, bottom = self._sides()
        return nn.ZeroPad2d((-left, -right, -top, -bottom))

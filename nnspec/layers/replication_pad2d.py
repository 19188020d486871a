"""Repeated edges around a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.filters import spread
from nnspec.params import param
from nnspec.rules import Weightless, known, needs_picture
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("edge_pad",))
@dataclass(frozen=True, slots=True)
class ReplicationPad2d(Weightless):
    """Repeats the outermost points on each side of a picture."""

    padding: int | tuple[int, ...] = param(
        help="How many on every side, or left, right, top and bottom.", low=0, length=(4,)
    )

    def _sides(self) -> tuple[int, int, int, int]:
        left, right, top, bottom = spread(self.padding, 4)
        return left, right, top, bottom

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x)
        if fault:
            return fault
        left, right, top, bottom = self._sides()
        height, width = (known(size) for size in x.sizes[1:])
        return Shape((x.sizes[0], height + top + bottom, width + left + right))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.ReplicationPad2d(self._sides())

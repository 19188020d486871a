"""Zeros around a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import known, needs_picture
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("pad", "zero_padding2d"))
@dataclass(frozen=True, slots=True)
class ZeroPad2d:
    """Adds zeros around a picture."""

    keeps: ClassVar[Keeps] = "nothing"

    padding: int | tuple[int, ...] = param(
        help="How many on every side, or left, right, top and bottom.", low=0, length=(4,)
    )

    def _sides(self) -> tuple[int, int, int, int]:
        if isinstance(self.padding, int):
            return self.padding, self.padding, self.padding, self.padding
        left, right, top, bottom = self.padding
        return left, right, top, bottom

    def shape(self, x: Shape) -> Shape | Fault:
        left, right, top, bottom = self._sides()
        return needs_picture(x) or Shape(
            (x.sizes[0], known(x.sizes[1]) + top + bottom, known(x.sizes[2]) + left + right)
        )

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.ZeroPad2d(self._sides())

"""The mean of each window of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from nnspec.arrivals import count, fixed, not_a_picture
from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape
from nnspec.windows import pool, spread, windows

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("avgpool", "average_pool", "average_pooling2d", "avgpool2d", "mean_pool"))
@dataclass(frozen=True, slots=True)
class AvgPool2d:
    """Takes the mean of each window of a picture, which makes it smaller."""

    kernel_size: int | tuple[int, ...] = param(
        2,
        help="Height and width of a window.",
        low=1,
        high=4096,
        length=(2,),
        also=("pool_size", "kernel"),
    )
    stride: int | tuple[int, ...] | None = param(
        None, help="How far the window moves; null is its own size.", low=1, high=4096, length=(2,)
    )
    padding: int | tuple[int, ...] = param(
        0, help="Zeros added around the picture.", low=0, high=4096, length=(2,)
    )
    ceil_mode: bool = param(
        False, help="Keeps a last window that hangs over the end.", advanced=True
    )
    count_include_pad: bool = param(
        True, help="Counts the zeros around the picture in the mean.", advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        if fault := not_a_picture(x):
            return fault
        channels, *sizes = fixed(x)
        sliding = windows(2, self.kernel_size, self._stride(), 1, self.padding)
        places = pool(sliding, tuple(sizes), ceil_mode=self.ceil_mode)
        return places if isinstance(places, Fault) else Shape((channels, *places))

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        leaves = self.shape(x)
        return 0 if isinstance(leaves, Fault) else count(leaves) * prod(spread(self.kernel_size, 2))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        height, width = spread(self.kernel_size, 2)
        down, right = spread(self._stride(), 2)
        top, left = spread(self.padding, 2)
        return nn.AvgPool2d(
            (height, width), (down, right), (top, left), self.ceil_mode, self.count_include_pad
        )

    def _stride(self) -> int | tuple[int, ...]:
        return self.kernel_size if self.stride is None else self.stride

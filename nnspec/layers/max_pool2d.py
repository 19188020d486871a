"""The largest value of each window of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.arrivals import fixed, not_a_picture
from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape
from nnspec.windows import pool, windows

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("maxpool", "maxpooling", "max_pooling2d", "maxpool2d"))
@dataclass(frozen=True, slots=True)
class MaxPool2d:
    """Keeps the largest value of each window of a picture, which makes it smaller."""

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
        0, help="Rows and columns added around the picture.", low=0, high=4096, length=(2,)
    )
    dilation: int | tuple[int, ...] = param(
        1,
        help="How far the points of a window lie apart.",
        low=1,
        high=4096,
        length=(2,),
        advanced=True,
    )
    ceil_mode: bool = param(
        False, help="Keeps a last window that hangs over the end.", advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        if fault := not_a_picture(x):
            return fault
        channels, *sizes = fixed(x)
        sliding = windows(2, self.kernel_size, self._stride(), self.dilation, self.padding)
        places = pool(sliding, tuple(sizes), ceil_mode=self.ceil_mode)
        return places if isinstance(places, Fault) else Shape((channels, *places))

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:  # it compares, it does not multiply
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.MaxPool2d(
            self.kernel_size,
            self._stride(),
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
        )

    def _stride(self) -> int | tuple[int, ...]:
        return self.kernel_size if self.stride is None else self.stride

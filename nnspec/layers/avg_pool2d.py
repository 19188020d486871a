"""Average pooling of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.filters import Pool
from nnspec.params import param
from nnspec.rules import Weightless, needs_picture, pair
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("avg_pooling2d",))
@dataclass(frozen=True, slots=True)
class AvgPool2d(Weightless):
    """Takes the mean of each window and so shrinks a picture."""

    kernel_size: int | tuple[int, ...] = param(
        2, help="Height and width of the window.", low=1, length=(2,), also=("pool_size",)
    )
    stride: int | tuple[int, ...] | None = param(
        None,
        help="How far the window moves; null takes the kernel_size.",
        low=1,
        length=(2,),
        also=("strides",),
    )
    padding: int | tuple[int, ...] = param(
        0, help="How much is added around, at most half a kernel.", low=0, length=(2,)
    )
    ceil_mode: bool = param(
        False, help="Whether a window that reaches over the edge counts.", advanced=True
    )
    count_include_pad: bool = param(
        True, help="Whether added zeros count in the mean.", advanced=True
    )

    def _pool(self) -> Pool:
        return Pool.over(2, self.kernel_size, self.stride, self.padding, ceil=self.ceil_mode)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x) or self._pool().fits(x, x.sizes[1:])
        return fault or Shape((x.sizes[0], *self._pool().results(x.sizes[1:])))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.AvgPool2d(
            pair(self.kernel_size),
            stride=None if self.stride is None else pair(self.stride),
            padding=pair(self.padding),
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
        )

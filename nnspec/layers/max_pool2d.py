"""Maximum pooling of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.filters import Pool
from nnspec.params import param
from nnspec.rules import Weightless, needs_picture, pair, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("max_pooling2d",))
@dataclass(frozen=True, slots=True)
class MaxPool2d(Weightless):
    """Keeps the largest number of each window and so shrinks a picture."""

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
    dilation: int | tuple[int, ...] = param(
        1, help="Distance between the points of the window.", low=1, length=(2,), advanced=True
    )
    ceil_mode: bool = param(
        False, help="Whether a window that reaches over the edge counts.", advanced=True
    )

    def _pool(self) -> Pool:
        return Pool.over(
            2, self.kernel_size, self.stride, self.padding, self.dilation, ceil=self.ceil_mode
        )

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x) or self._pool().fits(x, x.sizes[1:])
        return fault or Shape((x.sizes[0], *self._pool().results(x.sizes[1:])))

    def kept(self, x: Shape) -> int:
        """Where each largest number stood, in 64 bits."""
        result = self.shape(x)
        return 2 * volume(result.sizes) if isinstance(result, Shape) else 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.MaxPool2d(
            pair(self.kernel_size),
            stride=None if self.stride is None else pair(self.stride),
            padding=pair(self.padding),
            dilation=pair(self.dilation),
            ceil_mode=self.ceil_mode,
        )

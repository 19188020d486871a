"""Maximum pooling of volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.filters import Pool
from nnspec.params import param
from nnspec.rules import Weightless, needs_volume, triple, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("max_pooling3d",))
@dataclass(frozen=True, slots=True)
class MaxPool3d(Weightless):
    """Keeps the largest number of each window and so shrinks a volume."""

    kernel_size: int | tuple[int, ...] = param(
        2, help="Depth, height and width of the window.", low=1, length=(3,), also=("pool_size",)
    )
    stride: int | tuple[int, ...] | None = param(
        None,
        help="How far the window moves; null takes the kernel_size.",
        low=1,
        length=(3,),
        also=("strides",),
    )
    padding: int | tuple[int, ...] = param(
        0, help="How much is added around, at most half a kernel.", low=0, length=(3,)
    )
    dilation: int | tuple[int, ...] = param(
        1, help="Distance between the points of the window.", low=1, length=(3,), advanced=True
    )
    ceil_mode: bool = param(
        False, help="Whether a window that reaches over the edge counts.", advanced=True
    )

    def _pool(self) -> Pool:
        return Pool.over(
            3, self.kernel_size, self.stride, self.padding, self.dilation, ceil=self.ceil_mode
        )

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_volume(x) or self._pool().fits(x, x.sizes[1:])
        return fault or Shape((x.sizes[0], *self._pool().results(x.sizes[1:])))

    def kept(self, x: Shape) -> int:
        """Where each largest number stood, in 64 bits."""
        result = self.shape(x)
        return 2 * volume(result.sizes) if isinstance(result, Shape) else 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        pool = self._pool()
        return nn.MaxPool3d(
            triple(pool.kernel),
            stride=triple(pool.stride),
            padding=triple(pool.padding),
            ceil_mode=self.ceil_mode,
            dilation=triple(pool.dilation),
        )

"""Average pooling of volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.filters import Pool
from nnspec.params import param
from nnspec.rules import Weightless, known, needs_volume, too_big, triple
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("avg_pooling3d",))
@dataclass(frozen=True, slots=True)
class AvgPool3d(Weightless):
    """Takes the mean of each window and so shrinks a volume."""

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
    ceil_mode: bool = param(
        False, help="Whether a window that reaches over the edge counts.", advanced=True
    )
    count_include_pad: bool = param(
        True, help="Whether added zeros count in the mean.", advanced=True
    )

    def _pool(self) -> Pool:
        return Pool.over(3, self.kernel_size, self.stride, self.padding, ceil=self.ceil_mode)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_volume(x) or self._smaller(x) or self._pool().fits(x, x.sizes[1:])
        return fault or Shape((x.sizes[0], *self._pool().results(x.sizes[1:])))

    def _smaller(self, x: Shape) -> Fault | None:
        """PyTorch's limit here: padding does not count when the kernel is measured."""
        kernel, sizes = self._pool().kernel, [known(size) for size in x.sizes[1:]]
        if all(points <= size for points, size in zip(kernel, sizes, strict=True)):
            return None
        return too_big(kernel, x, None if any(self._pool().padding) else min(sizes))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        pool = self._pool()
        return nn.AvgPool3d(
            triple(pool.kernel),
            stride=triple(pool.stride),
            padding=triple(pool.padding),
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
        )

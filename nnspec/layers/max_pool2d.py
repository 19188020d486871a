"""Maximum pooling of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import known, needs_picture, pair, too_big, windows
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("max_pooling2d",))
@dataclass(frozen=True, slots=True)
class MaxPool2d:
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

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x)
        if fault:
            return fault
        kernel, padding = pair(self.kernel_size), pair(self.padding)
        if any(2 * added > size for added, size in zip(padding, kernel, strict=True)):
            return Fault(
                "has a padding of more than half its kernel",
                "use padding: 0, or a larger kernel_size",
                setting="padding",
                fix=("padding", 0),
            )
        sizes = self._sizes(x)
        if min(sizes) < 1:
            plain = padding == (0, 0) and pair(self.dilation) == (1, 1)
            return too_big(kernel, x, min(known(size) for size in x.sizes[1:]) if plain else None)
        return Shape((x.sizes[0], *sizes))

    def _sizes(self, x: Shape) -> tuple[int, ...]:
        kernel = pair(self.kernel_size)
        stride = kernel if self.stride is None else pair(self.stride)
        padding, dilation = pair(self.padding), pair(self.dilation)
        return tuple(
            windows(known(size), *axis, ceil=self.ceil_mode)
            for size, *axis in zip(x.sizes[1:], kernel, stride, padding, dilation, strict=True)
        )

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.MaxPool2d(
            pair(self.kernel_size),
            stride=None if self.stride is None else pair(self.stride),
            padding=pair(self.padding),
            dilation=pair(self.dilation),
            ceil_mode=self.ceil_mode,
        )

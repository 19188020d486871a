"""Maximum pooling of sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import known, needs_fixed, needs_sequence, too_big, windows
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("max_pooling1d",))
@dataclass(frozen=True, slots=True)
class MaxPool1d:
    """Keeps the largest number of each window and so shortens a sequence."""

    kernel_size: int = param(
        2, help="How many positions the window sees.", low=1, also=("pool_size",)
    )
    stride: int | None = param(
        None,
        help="How far the window moves; null takes the kernel_size.",
        low=1,
        also=("strides",),
    )
    padding: int = param(0, help="How much is added at both ends, at most half a kernel.", low=0)
    ceil_mode: bool = param(
        False, help="Whether a window that reaches over the end counts.", advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_sequence(x) or needs_fixed(x)
        if fault:
            return fault
        if 2 * self.padding > self.kernel_size:
            return Fault(
                "has a padding of more than half its kernel",
                "use padding: 0, or a larger kernel_size",
                setting="padding",
                fix=("padding", 0),
            )
        length = self._length(x)
        if length < 1:
            largest = known(x.sizes[0]) if self.padding == 0 else None
            return too_big((self.kernel_size,), x, largest)
        return Shape((length, x.sizes[1]))

    def _length(self, x: Shape) -> int:
        stride = self.kernel_size if self.stride is None else self.stride
        size = known(x.sizes[0])
        return windows(size, self.kernel_size, stride, self.padding, ceil=self.ceil_mode)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules import OverLength

        return OverLength(
            nn.MaxPool1d(
                self.kernel_size,
                stride=self.kernel_size if self.stride is None else self.stride,
                padding=self.padding,
                ceil_mode=self.ceil_mode,
            )
        )

"""Maximum pooling of sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.filters import Pool
from nnspec.params import param
from nnspec.rules import Weightless, needs_fixed, needs_sequence, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("max_pooling1d",))
@dataclass(frozen=True, slots=True)
class MaxPool1d(Weightless):
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

    def _pool(self) -> Pool:
        return Pool.over(1, self.kernel_size, self.stride, self.padding, ceil=self.ceil_mode)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_sequence(x) or needs_fixed(x) or self._pool().fits(x, x.sizes[:1])
        return fault or Shape((*self._pool().results(x.sizes[:1]), x.sizes[1]))

    def kept(self, x: Shape) -> int:
        """Where each largest number stood, in 64 bits."""
        result = self.shape(x)
        return 2 * volume(result.sizes) if isinstance(result, Shape) else 0

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

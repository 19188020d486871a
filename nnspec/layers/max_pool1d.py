"""The largest value of each window of a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.arrivals import not_a_sequence
from nnspec.catalog import kind
from nnspec.channels_first import channels_first
from nnspec.params import param
from nnspec.shapes import Fault, Shape
from nnspec.windows import pool, windows

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("max_pooling1d", "maxpool1d"))
@dataclass(frozen=True, slots=True)
class MaxPool1d:
    """Keeps the largest value of each window along a sequence, which makes it shorter."""

    kernel_size: int = param(
        2, help="How many steps a window covers.", low=1, high=65536, also=("pool_size", "kernel")
    )
    stride: int | None = param(
        None, help="How far the window moves; null is its own size.", low=1, high=65536
    )
    padding: int = param(0, help="Steps added at both ends.", low=0, high=65536)
    dilation: int = param(
        1, help="How far the points of a window lie apart.", low=1, high=65536, advanced=True
    )
    ceil_mode: bool = param(
        False, help="Keeps a last window that hangs over the end.", advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        if fault := not_a_sequence(x):
            return fault
        length, features = x.sizes
        if not isinstance(length, int):
            return Fault(
                f"would change the length '{length}', which differs from batch to batch",
                "use global_max_pool, or give the data a fixed length",
            )
        sliding = windows(1, self.kernel_size, self._stride(), self.dilation, self.padding)
        steps = pool(sliding, (length,), ceil_mode=self.ceil_mode)
        return steps if isinstance(steps, Fault) else Shape((*steps, features))

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:  # it compares, it does not multiply
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return channels_first(
            nn.MaxPool1d(
                self.kernel_size,
                self._stride(),
                self.padding,
                self.dilation,
                ceil_mode=self.ceil_mode,
            )
        )

    def _stride(self) -> int:
        return self.kernel_size if self.stride is None else self.stride

"""A picture of a wished size, by means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.arrivals import fixed, not_a_picture
from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape
from nnspec.windows import spread

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("adaptive_average_pool2d", "adaptive_pool", "adaptiveavgpool2d"))
@dataclass(frozen=True, slots=True)
class AdaptiveAvgPool2d:
    """Makes a picture a wished height and width by taking means."""

    output_size: int | tuple[int, ...] = param(
        help="Height and width that leave.", low=1, high=4096, length=(2,), also=("size",)
    )

    def shape(self, x: Shape) -> Shape | Fault:
        if fault := not_a_picture(x):
            return fault
        return Shape((fixed(x)[0], *spread(self.output_size, 2)))

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        channels, height, width = fixed(x)
        rows, columns = spread(self.output_size, 2)
        return channels * _summed(height, rows) * _summed(width, columns)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        _, height, width = fixed(x)
        rows, columns = spread(self.output_size, 2)
        if height % rows == 0 and width % columns == 0:
            return nn.AvgPool2d((height // rows, width // columns))  # repeatable on every device
        return nn.AdaptiveAvgPool2d((rows, columns))


def _summed(size: int, parts: int) -> int:
    """How many places the windows of one axis cover; neighbours may share one."""
    return sum(-(-(i + 1) * size // parts) - i * size // parts for i in range(parts))

"""Maximum pooling to a given size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import needs_picture, pair
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling")
@dataclass(frozen=True, slots=True)
class AdaptiveMaxPool2d:
    """Keeps the largest numbers of windows so that a picture gets a given size."""

    output_size: int | tuple[int, ...] = param(
        help="Height and width of the result.", low=1, length=(2,)
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_picture(x) or Shape((x.sizes[0], *pair(self.output_size)))

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.AdaptiveMaxPool2d(pair(self.output_size))

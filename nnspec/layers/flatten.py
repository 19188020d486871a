"""From any shape to a vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import described, volume
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape")
@dataclass(frozen=True, slots=True)
class Flatten:
    """Lays all numbers of a sample side by side as one vector."""

    keeps: ClassVar[Keeps] = "view"

    def shape(self, x: Shape) -> Shape | Fault:
        if any(isinstance(size, str) for size in x.sizes):
            return Fault(
                f"needs fixed sizes but receives {described(x)}",
                "pool it instead: global_avg_pool",
            )
        return Shape((volume(x.sizes),), x.dtype)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules import Reshape

        return Reshape((volume(x.sizes),))

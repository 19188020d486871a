"""The same numbers in another shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, volume
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("view", "unflatten"))
@dataclass(frozen=True, slots=True)
class Reshape:
    """Gives the numbers of a sample another shape, in the same order."""

    keeps: ClassVar[Keeps] = "view"

    sizes: tuple[int, ...] = param(
        help="The new sizes without the batch; one of them may be -1: what is left.",
        low=-1,
        length=(1, 2, 3, 4),
    )

    def shape(self, x: Shape) -> Shape | Fault:
        if any(isinstance(size, str) for size in x.sizes):
            return Fault(
                f"needs fixed sizes but receives {described(x)}",
                "pool it instead: global_avg_pool",
            )
        sizes = self._filled(volume(x.sizes))
        return sizes if isinstance(sizes, Fault) else Shape(sizes, x.dtype)

    def _filled(self, numbers: int) -> tuple[int, ...] | Fault:
        if self.sizes.count(-1) > 1 or 0 in self.sizes:
            return Fault(
                "has sizes that cannot be worked out",
                "use whole numbers from 1 and at most one -1",
                setting="sizes",
            )
        rest = math.prod(size for size in self.sizes if size != -1)
        if numbers % rest == 0 and (-1 in self.sizes or rest == numbers):
            return tuple(numbers // rest if size == -1 else size for size in self.sizes)
        shown = " x ".join(str(size) for size in self.sizes)
        return Fault(
            f"cannot lay out {numbers} numbers as {shown}",
            "write sizes whose product is that number, or -1 for what is left",
            setting="sizes",
        )

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules import Reshape as Module

        sizes = self._filled(volume(x.sizes))
        return Module(self.sizes if isinstance(sizes, Fault) else sizes)

"""The axes in another order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("transpose",))
@dataclass(frozen=True, slots=True)
class Permute:
    """Puts the axes of a sample in another order."""

    keeps: ClassVar[Keeps] = "view"

    dims: tuple[int, ...] = param(
        help="The old axes in their new order; 0 is the first after the batch.",
        low=0,
        length=(2, 3, 4),
    )

    def shape(self, x: Shape) -> Shape | Fault:
        if sorted(self.dims) != list(range(len(x))):
            axes = ", ".join(str(axis) for axis in reversed(range(len(x))))
            return Fault(
                f"has an order that does not fit {described(x)}",
                f"name each of its {len(x)} axes once, for example [{axes}]",
                setting="dims",
            )
        return Shape(tuple(x.sizes[axis] for axis in self.dims), x.dtype)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules import Permute as Module

        return Module(self.dims)

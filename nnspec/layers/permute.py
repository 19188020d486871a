"""The axes of a sample in another order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from nnspec.applied import applied
from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("transpose", "swap_axes"))
@dataclass(frozen=True, slots=True)
class Permute:
    """Puts the axes of a sample in another order.

    Axes are counted without the batch: `permute: [1, 0]` makes `features x length` from
    `length x features`.
    """

    dims: tuple[int, ...] = param(
        help="The old axes in their new order, counted from 0 without the batch.",
        low=-4,
        high=3,
        length=(1, 2, 3, 4),
        also=("axes", "order"),
    )

    def shape(self, x: Shape) -> Shape | Fault:
        axes = list(range(len(x)))
        valid = all(-len(x) <= dim < len(x) for dim in self.dims)
        if not valid or sorted(self._order(x)) != axes:
            return Fault(
                f"{list(self.dims)} is no order of the {len(x)} axes of {x}",
                f"name each of them once, for example {axes[::-1]}"
                if axes
                else "remove this layer",
                setting="dims",
            )
        return Shape(tuple(x.sizes[axis] for axis in self._order(x)), x.dtype)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        import torch

        order = (0, *(1 + axis for axis in self._order(x)))
        return applied(f"dims={order}", partial(torch.permute, dims=order))

    def _order(self, x: Shape) -> list[int]:
        return [dim % len(x) for dim in self.dims]

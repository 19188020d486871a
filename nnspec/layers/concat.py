"""Several results side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, feature_axis, known
from nnspec.shapes import Fault, Keeps, Shape, Size

if TYPE_CHECKING:
    from torch import nn


@kind("Merge", many=True, also=("concatenate", "cat"))
@dataclass(frozen=True, slots=True)
class Concat:
    """Lays several results side by side as one."""

    keeps: ClassVar[Keeps] = "nothing"

    dim: int | None = param(
        None,
        help="The axis along which they are joined, 0 is the first after the batch; "
        "null takes channels of pictures and features of everything else.",
        low=0,
        advanced=True,
        also=("axis",),
    )

    def shape(self, *inputs: Shape) -> Shape | Fault:
        first = inputs[0]
        dim = self._dim(first)
        if any(len(x) != len(first) or x.dtype != first.dtype for x in inputs):
            return Fault(
                "receives results of different kinds",
                "bring them to one form first, for example with flatten or global_avg_pool",
            )
        if dim >= len(first):
            return Fault(f"has no axis {dim} in {described(first)}", "leave dim out", setting="dim")
        if any(_others(x, dim) != _others(first, dim) for x in inputs):
            return Fault(
                "receives different shapes",
                "all sizes but those that are joined have to be equal: resize one of them",
            )
        sizes = [x.sizes[dim] for x in inputs]
        if any(isinstance(size, str) for size in sizes):
            return Fault("cannot join results along an axis of unknown size", "join another axis")
        joined = sum(known(size) for size in sizes)
        return Shape((*first.sizes[:dim], joined, *first.sizes[dim + 1 :]), first.dtype)

    def _dim(self, x: Shape) -> int:
        return max(feature_axis(x), 0) if self.dim is None else self.dim

    def parameters(self, *inputs: Shape) -> int:
        return 0

    def macs(self, *inputs: Shape) -> int:
        return 0

    def build(self, *inputs: Shape) -> nn.Module:
        from nnspec.modules import Concat as Module

        return Module(self._dim(inputs[0]) + 1)


def _others(x: Shape, dim: int) -> tuple[Size, ...]:
    return (*x.sizes[:dim], *x.sizes[dim + 1 :])

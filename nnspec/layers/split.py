"""One of several equal parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Weightless, must_divide, picked_axis
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("chunk", "tensor_split"))
@dataclass(frozen=True, slots=True)
class Split(Weightless):
    """Divides features, channels or another axis into equal parts and takes one of them."""

    keeps: ClassVar[Keeps] = "view"

    parts: int = param(2, help="Into how many equal parts it is divided.", low=1)
    part: int = param(0, help="Which part leaves; 0 is the first.", low=0, also=("index",))
    dim: int | None = param(
        None,
        help="The axis, 0 is the first after the batch; null takes channels of pictures and "
        "features of everything else.",
        low=0,
        also=("axis",),
    )

    def shape(self, x: Shape) -> Shape | Fault:
        axis = picked_axis(self.dim, x)
        if isinstance(axis, Fault):
            return axis
        size = x.sizes[axis]
        if isinstance(size, str):
            return Fault("cannot divide an axis of unknown size", "divide another axis")
        if self.part >= self.parts:
            return Fault(
                f"has no part {self.part} among {self.parts}",
                f"the last one is part: {self.parts - 1}",
                setting="part",
                fix=("part", self.parts - 1),
            )
        fault = must_divide("parts", self.parts, size, "numbers")
        return fault or Shape((*x.sizes[:axis], size // self.parts, *x.sizes[axis + 1 :]), x.dtype)

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_axes import Split as Module

        axis = picked_axis(self.dim, x)
        return Module(self.parts, self.part, 1 + (0 if isinstance(axis, Fault) else axis))

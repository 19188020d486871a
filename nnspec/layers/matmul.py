"""The product of two matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, known, needs_floats, volume
from nnspec.shapes import Fault, Shape, Size

if TYPE_CHECKING:
    from torch import nn


@kind("Merge", takes=("left", "right"), also=("dot", "bmm"))
@dataclass(frozen=True, slots=True)
class Matmul:
    """Multiplies two results as matrices: rows of the left by columns of the right."""

    transpose_right: bool = param(False, help="Whether rows of the right are taken instead.")

    def shape(self, left: Shape, right: Shape) -> Shape | Fault:
        fault = needs_floats(left) or needs_floats(right)
        if fault:
            return fault
        if len(left) != len(right) or len(left) < 2 or left.sizes[:-2] != right.sizes[:-2]:
            return Fault(
                f"needs two matrices but receives {described(left)} and {described(right)}",
                "reshape both to rows x columns",
            )
        rows, columns = self._right(right)
        if left.sizes[-1] != rows:
            return Fault(
                f"cannot multiply {left} by {rows} x {columns}",
                "the last size of the left has to be the first of the right; try transpose_right",
                setting="transpose_right",
            )
        return Shape((*left.sizes[:-1], columns))

    def _right(self, right: Shape) -> tuple[Size, Size]:
        rows, columns = right.sizes[-2:]
        return (columns, rows) if self.transpose_right else (rows, columns)

    def parameters(self, left: Shape, right: Shape) -> int:
        return 0

    def macs(self, left: Shape, right: Shape) -> int:
        return volume(left.sizes) * known(self._right(right)[1])

    def build(self, left: Shape, right: Shape) -> nn.Module:
        from nnspec.modules_axes import MatMul

        return MatMul(transpose_right=self.transpose_right)

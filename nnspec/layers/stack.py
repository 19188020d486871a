"""Several results along a new axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Weightless, described
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Merge", many=True)
@dataclass(frozen=True, slots=True)
class Stack(Weightless):
    """Lays several results of one shape along a new axis."""

    keeps: ClassVar[Keeps] = "nothing"

    dim: int = param(
        0,
        help="Where the new axis stands; 0 is the first after the batch.",
        low=0,
        also=("axis",),
    )

    def shape(self, *inputs: Shape) -> Shape | Fault:
        first = inputs[0]
        if any(x != first for x in inputs):
            return Fault(
                "receives different shapes",
                "all have to be equal; use concat where only one axis differs",
            )
        if self.dim > len(first):
            return Fault(
                f"has no place {self.dim} for an axis in {described(first)}",
                f"use dim: {len(first)} or less",
                setting="dim",
                fix=("dim", len(first)),
            )
        sizes = first.sizes
        return Shape((*sizes[: self.dim], len(inputs), *sizes[self.dim :]), first.dtype)

    def build(self, *inputs: Shape) -> nn.Module:
        from nnspec.modules_axes import Stack as Module

        return Module(self.dim + 1)

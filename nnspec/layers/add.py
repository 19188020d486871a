"""Sum of several results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import combined
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Merge", many=True, also=("sum", "residual_add"))
@dataclass(frozen=True, slots=True)
class Add:
    """Adds several results of one shape, number by number."""

    keeps: ClassVar[Keeps] = "nothing"

    def shape(self, *inputs: Shape) -> Shape | Fault:
        return combined(*inputs)

    def parameters(self, *inputs: Shape) -> int:
        return 0

    def macs(self, *inputs: Shape) -> int:
        return 0

    def build(self, *inputs: Shape) -> nn.Module:
        from nnspec.modules import Add as Module

        return Module()

"""The joint of every residual connection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from nnspec.applied import applied
from nnspec.catalog import kind
from nnspec.inputs import alike
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Combine", many=True, also=("sum", "plus"))
@dataclass(frozen=True, slots=True)
class Add:
    """Adds its inputs number by number."""

    def shape(self, *inputs: Shape) -> Shape | Fault:
        return alike(inputs, "add")

    def parameters(self, *inputs: Shape) -> int:
        return 0

    def macs(self, *inputs: Shape) -> int:
        return 0

    def build(self, *inputs: Shape) -> nn.Module:
        import torch

        return applied("", lambda *tensors: reduce(torch.add, tensors))

"""The joint of every gate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from nnspec.applied import applied
from nnspec.catalog import kind
from nnspec.inputs import alike, count
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Combine", many=True, also=("mul", "product", "times"))
@dataclass(frozen=True, slots=True)
class Multiply:
    """Multiplies its inputs number by number."""

    def shape(self, *inputs: Shape) -> Shape | Fault:
        return alike(inputs, "multiply")

    def parameters(self, *inputs: Shape) -> int:
        return 0

    def macs(self, *inputs: Shape) -> int:
        return (len(inputs) - 1) * count(inputs[0])

    def build(self, *inputs: Shape) -> nn.Module:
        import torch

        return applied("", lambda *tensors: reduce(torch.mul, tensors))

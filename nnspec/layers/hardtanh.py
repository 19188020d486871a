"""Numbers cut off at two limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise, needs_floats
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("hard_tanh", "clip", "clamp"))
@dataclass(frozen=True, slots=True)
class Hardtanh(Elementwise):
    """Cuts numbers off below one limit and above another."""

    min_val: float = param(-1.0, help="The smallest number that leaves.")
    max_val: float = param(1.0, help="The largest number that leaves.")

    def shape(self, x: Shape) -> Shape | Fault:
        if self.min_val < self.max_val:
            return needs_floats(x) or x
        return Fault(
            "has a min_val that is not below its max_val",
            "use a min_val below max_val",
            setting="min_val",
        )

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Hardtanh(self.min_val, self.max_val)

"""The piecewise linear sigmoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.rules import Elementwise
from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("hard_sigmoid",))
@dataclass(frozen=True, slots=True)
class Hardsigmoid(Elementwise):
    """Squeezes numbers to 0 to 1 with straight lines, quicker than sigmoid."""

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Hardsigmoid()

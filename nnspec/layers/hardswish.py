"""Hard swish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.rules import Elementwise
from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("hard_swish",))
@dataclass(frozen=True, slots=True)
class Hardswish(Elementwise):
    """Approximates silu with straight lines, for small devices."""

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Hardswish()

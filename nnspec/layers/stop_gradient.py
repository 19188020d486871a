"""A wall for gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import Elementwise
from nnspec.shapes import Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Regularization", also=("detach",))
@dataclass(frozen=True, slots=True)
class StopGradient(Elementwise):
    """Passes numbers on but no gradient back, so that nothing before it learns from here."""

    keeps: ClassVar[Keeps] = "view"

    stops_gradients: ClassVar[bool] = True

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_axes import StopGradient as Module

        return Module()

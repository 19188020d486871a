"""The rectified linear unit with a ceiling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.rules import Elementwise
from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("relu_6",))
@dataclass(frozen=True, slots=True)
class Relu6(Elementwise):
    """Makes negative numbers 0 and those above 6 equal to 6."""

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.ReLU6()

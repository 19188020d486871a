"""The Gaussian error linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise
from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation")
@dataclass(frozen=True, slots=True)
class Gelu(Elementwise):
    """Lets numbers through the more, the larger they are; usual in Transformers."""

    approximate: Literal["none", "tanh"] = param(
        "none", help="Whether it is computed exactly or by a quicker formula.", advanced=True
    )

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.GELU(approximate=self.approximate)

"""The activation of most transformers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.inputs import real
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation")
@dataclass(frozen=True, slots=True)
class GELU:
    """Lets large numbers pass and fades small and negative ones out smoothly."""

    approximate: Literal["none", "tanh"] = param(
        "none", help="Calculates exactly, or faster by a tanh.", advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return real(x)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.GELU(self.approximate)

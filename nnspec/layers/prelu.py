"""The parametric rectified linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_features, needs_floats, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation")
@dataclass(frozen=True, slots=True)
class Prelu:
    """Multiplies negative numbers by a learned slope."""

    init: float = param(0.25, help="The slope before training.")
    per_channel: bool = param(False, help="Whether each channel or feature has a slope of its own.")

    def shape(self, x: Shape) -> Shape | Fault:
        return (needs_features(x) if self.per_channel else needs_floats(x)) or x

    def parameters(self, x: Shape) -> int:
        return features(x) if self.per_channel else 1

    def macs(self, x: Shape) -> int:
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules_pictures import SequencePReLU

        make = SequencePReLU if len(x) == 2 else nn.PReLU
        return make(self.parameters(x), self.init)

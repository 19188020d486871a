"""Instance normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, features, needs_picture, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", also=("instance_norm",))
@dataclass(frozen=True, slots=True)
class InstanceNorm2d:
    """Scales every channel of every picture to mean 0 and deviation 1 on its own."""

    eps: float = param(1e-5, above=0, help="Keeps the division from 0.", advanced=True)
    affine: bool = param(False, help="Whether scale and shift are learned.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x)
        if fault:
            return fault
        if volume(x.sizes[1:]) == 1:
            return Fault(
                f"needs more than one number for each channel but receives {described(x)}",
                "use layer_norm, or less pooling before it",
            )
        return x

    def parameters(self, x: Shape) -> int:
        return 2 * features(x) if self.affine else 0

    def macs(self, x: Shape) -> int:
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.InstanceNorm2d(features(x), eps=self.eps, affine=self.affine)

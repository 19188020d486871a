"""From channels to size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, features, known, needs_picture
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("depth_to_space",))
@dataclass(frozen=True, slots=True)
class PixelShuffle:
    """Enlarges a picture by spreading groups of channels over neighbouring points."""

    keeps: ClassVar[Keeps] = "nothing"

    upscale_factor: int = param(2, help="How many times larger it gets.", low=1)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x)
        if fault:
            return fault
        factor = self.upscale_factor
        if features(x) % (factor * factor):
            return Fault(
                f"needs channels in multiples of {factor * factor} but receives {described(x)}",
                f"put a conv2d before it with, for example, {factor * factor} channels",
                setting="upscale_factor",
            )
        channels = features(x) // (factor * factor)
        return Shape((channels, *(known(size) * factor for size in x.sizes[1:])))

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.PixelShuffle(self.upscale_factor)

"""From size to channels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Weightless, described, divisor_near, features, known, needs_picture
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("space_to_depth",))
@dataclass(frozen=True, slots=True)
class PixelUnshuffle(Weightless):
    """Shrinks a picture by laying neighbouring points on each other as channels."""

    keeps: ClassVar[Keeps] = "nothing"

    downscale_factor: int = param(2, help="How many times smaller it gets.", low=1)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x)
        if fault:
            return fault
        factor = self.downscale_factor
        height, width = (known(size) for size in x.sizes[1:])
        if height % factor or width % factor:
            near = divisor_near(math.gcd(height, width), factor)
            return Fault(
                f"cannot divide height and width of {described(x)} by {factor}",
                f"use downscale_factor: {near}",
                setting="downscale_factor",
                fix=("downscale_factor", near),
            )
        return Shape((features(x) * factor * factor, height // factor, width // factor))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.PixelUnshuffle(self.downscale_factor)

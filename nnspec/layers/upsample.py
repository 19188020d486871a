"""Enlarging pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import known, needs_picture
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("upsampling2d", "interpolate", "resize"))
@dataclass(frozen=True, slots=True)
class Upsample:
    """Enlarges a picture by a whole factor without learning."""

    keeps: ClassVar[Keeps] = "nothing"

    scale_factor: int = param(2, help="How many times larger it gets.", low=1)
    mode: Literal["nearest", "bilinear"] = param(
        "nearest", help="Whether numbers are repeated or blended."
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_picture(x) or Shape(
            (x.sizes[0], *(known(size) * self.scale_factor for size in x.sizes[1:]))
        )

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Upsample(scale_factor=self.scale_factor, mode=self.mode)

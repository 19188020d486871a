"""Larger pictures without learning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.arrivals import count, fixed, not_a_picture
from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape
from nnspec.windows import spread, times

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("upsampling2d", "interpolate", "resize", "upscale"))
@dataclass(frozen=True, slots=True)
class Upsample:
    """Makes a picture larger (or smaller) by repeating or blending its points."""

    scale_factor: int | float | tuple[float, ...] = param(
        2,
        help="How many times larger height and width become.",
        above=0,
        high=4096,
        length=(2,),
        also=("scale", "factor"),
    )
    size: int | tuple[int, ...] | None = param(
        None,
        help="Height and width that leave, in place of scale_factor.",
        low=1,
        high=65536,
        length=(2,),
    )
    mode: Literal["nearest", "bilinear", "bicubic"] = param(
        "nearest", help="Repeats the nearest point, or blends 4 or 16 points.", also=("method",)
    )
    align_corners: bool = param(
        False,
        help="Keeps the corner points where they are; nearest does not use it.",
        advanced=True,
    )

    def shape(self, x: Shape) -> Shape | Fault:
        if fault := not_a_picture(x):
            return fault
        channels, *sizes = fixed(x)
        made = self._made(tuple(sizes))
        if min(made) < 1:
            return Fault(
                f"would make a picture of {times(made)} from one of {times(sizes)}",
                "make scale_factor larger",
                setting="scale_factor",
                fix=("scale_factor", 1),
            )
        return Shape((channels, *made))

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        points = {"nearest": 0, "bilinear": 4, "bicubic": 16}[self.mode]
        return points * count(Shape((x.sizes[0], *self._made(fixed(x)[1:]))))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        height, width = self._made(fixed(x)[1:])
        corners = None if self.mode == "nearest" else self.align_corners
        if self.size is not None:
            return nn.Upsample((height, width), mode=self.mode, align_corners=corners)
        down, right = self._scales()
        return nn.Upsample(
            scale_factor=(float(down), float(right)), mode=self.mode, align_corners=corners
        )

    def _scales(self) -> tuple[float, ...]:
        scale = self.scale_factor
        return scale if isinstance(scale, tuple) else (scale, scale)

    def _made(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        if self.size is not None:
            return spread(self.size, 2)
        return tuple(int(n * scale) for n, scale in zip(sizes, self._scales(), strict=True))

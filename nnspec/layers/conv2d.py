"""Learned filters over pictures."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Literal

from nnspec.arrivals import fixed, not_a_picture
from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape
from nnspec.windows import Window, slide, spread, windows

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("conv", "convolution", "convolution2d"))
@dataclass(frozen=True, slots=True)
class Conv2d:
    """Slides learned filters over a picture.

    A picture of channels x height x width becomes one of `out_channels` channels; with `same`
    padding its height and width are divided by the stride and rounded up.
    """

    out_channels: int = param(
        help="How many filters to learn, which is how many channels leave.",
        low=1,
        also=("filters", "channels"),
    )
    kernel_size: int | tuple[int, ...] = param(
        3, help="Height and width of a filter.", low=1, high=4096, length=(2,), also=("kernel",)
    )
    stride: int | tuple[int, ...] = param(
        1, help="How far the filter moves at each step.", low=1, high=4096, length=(2,)
    )
    padding: int | tuple[int, ...] | Literal["same", "valid"] = param(
        "same",
        help="Zeros around the picture: same gives input / stride rounded up, valid adds none.",
        low=0,
        high=4096,
        length=(2,),
    )
    dilation: int | tuple[int, ...] = param(
        1,
        help="How far the points of a filter lie apart.",
        low=1,
        high=4096,
        length=(2,),
        advanced=True,
    )
    groups: int = param(
        1, help="In how many separate groups the channels are filtered.", low=1, advanced=True
    )
    bias: bool = param(True, help="Adds a learned number to every channel.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        if fault := not_a_picture(x):
            return fault
        channels, *sizes = fixed(x)
        places = slide(self._windows(), tuple(sizes), "filter")
        if isinstance(places, Fault):
            return places
        if channels % self.groups or self.out_channels % self.groups:
            return Fault(
                f"takes {channels} and gives {self.out_channels} channels, "
                f"which {self.groups} groups cannot share evenly",
                "choose a number that divides both evenly",
                setting="groups",
                fix=("groups", 1),
            )
        return Shape((self.out_channels, *places))

    def parameters(self, x: Shape) -> int:
        return self.out_channels * (self._products(x) + self.bias)

    def macs(self, x: Shape) -> int:
        places = (w.output(n) for w, n in zip(self._windows(), fixed(x)[1:], strict=True))
        return prod(places) * self.out_channels * self._products(x)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        channels, height, width = fixed(x)
        vertical, horizontal = self._windows()
        top, bottom = vertical.pads(height)
        left, right = horizontal.pads(width)
        apart = vertical.pads_apart or horizontal.pads_apart
        conv = nn.Conv2d(
            channels,
            self.out_channels,
            (vertical.kernel, horizontal.kernel),
            (vertical.stride, horizontal.stride),
            (0, 0) if apart else (top, left),
            (vertical.dilation, horizontal.dilation),
            self.groups,
            self.bias,
        )
        return nn.Sequential(nn.ZeroPad2d((left, right, top, bottom)), conv) if apart else conv

    def _windows(self) -> tuple[Window, ...]:
        return windows(2, self.kernel_size, self.stride, self.dilation, self.padding)

    def _products(self, x: Shape) -> int:
        """How many products make one number that leaves."""
        return fixed(x)[0] // self.groups * prod(spread(self.kernel_size, 2))

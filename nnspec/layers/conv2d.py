"""Convolution over pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import (
    features,
    known,
    needs_picture,
    pair,
    same_padding,
    too_big,
    volume,
    windows,
)
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("conv", "convolution2d"))
@dataclass(frozen=True, slots=True)
class Conv2d:
    """Slides learned filters over a picture."""

    out_channels: int | Literal["auto"] = param(
        help="How many filters to learn.", low=1, also=("filters",)
    )
    kernel_size: int | tuple[int, ...] = param(
        3, help="Height and width of each filter.", low=1, length=(2,), also=("kernel",)
    )
    stride: int | tuple[int, ...] = param(
        1, help="How far a filter moves at each step.", low=1, length=(2,), also=("strides",)
    )
    padding: Literal["same"] | int | tuple[int, ...] = param(
        "same",
        help="Zeros around the picture; same gives ceil(size / stride) results on each axis.",
        low=0,
        length=(2,),
    )
    dilation: int | tuple[int, ...] = param(
        1, help="Distance between the points of a filter.", low=1, length=(2,), advanced=True
    )
    groups: int = param(
        1, help="Into how many separate parts the channels are divided.", low=1, advanced=True
    )
    bias: bool = param(
        True, help="Whether a learned number is added to each channel.", advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x) or self._divides(x)
        if fault:
            return fault
        sizes = self._sizes(x)
        if min(sizes) < 1:
            padded = self.padding != 0 or pair(self.dilation) != (1, 1)
            largest = min(known(size) for size in x.sizes[1:])
            return too_big(pair(self.kernel_size), x, None if padded else largest)
        return Shape((int(self.out_channels), *sizes))

    def _divides(self, x: Shape) -> Fault | None:
        if features(x) % self.groups or int(self.out_channels) % self.groups:
            return Fault(
                f"cannot divide {features(x)} and {self.out_channels} channels into "
                f"{self.groups} groups",
                "use groups: 1, or a number that divides both",
                setting="groups",
                fix=("groups", 1),
            )
        return None

    def _sizes(self, x: Shape) -> tuple[int, ...]:
        kernel, stride, dilation = pair(self.kernel_size), pair(self.stride), pair(self.dilation)
        sizes = [known(size) for size in x.sizes[1:]]
        if isinstance(self.padding, str):
            return tuple(-(-size // step) for size, step in zip(sizes, stride, strict=True))
        return tuple(map(windows, sizes, kernel, stride, pair(self.padding), dilation))

    def _weights(self, x: Shape) -> int:
        return (
            int(self.out_channels) * (features(x) // self.groups) * volume(pair(self.kernel_size))
        )

    def parameters(self, x: Shape) -> int:
        return self._weights(x) + int(self.out_channels) * self.bias

    def macs(self, x: Shape) -> int:
        return self._weights(x) * volume(self._sizes(x))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules import PaddedConv2d

        kernel, stride, dilation = pair(self.kernel_size), pair(self.stride), pair(self.dilation)
        if isinstance(self.padding, str):
            (top, bottom), (left, right) = map(
                same_padding, (known(size) for size in x.sizes[1:]), kernel, stride, dilation
            )
        else:
            top = bottom = pair(self.padding)[0]
            left = right = pair(self.padding)[1]
        even = (top, left) == (bottom, right)
        conv = (nn.Conv2d if even else PaddedConv2d)(
            features(x),
            int(self.out_channels),
            kernel,
            stride=stride,
            padding=(top, left) if even else 0,
            dilation=dilation,
            groups=self.groups,
            bias=self.bias,
        )
        if isinstance(conv, PaddedConv2d):
            conv.sides = (left, right, top, bottom)
        return conv

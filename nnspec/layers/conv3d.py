"""Convolution over volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.filters import Filter, groups_divide, padding_order
from nnspec.params import param
from nnspec.rules import features, needs_volume, triple, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("convolution3d",))
@dataclass(frozen=True, slots=True)
class Conv3d:
    """Slides learned filters over a volume (channels x depth x height x width)."""

    out_channels: int | Literal["auto"] = param(
        help="How many filters to learn.", low=1, also=("filters",)
    )
    kernel_size: int | tuple[int, ...] = param(
        3, help="Depth, height and width of each filter.", low=1, length=(3,), also=("kernel",)
    )
    stride: int | tuple[int, ...] = param(
        1, help="How far a filter moves at each step.", low=1, length=(3,), also=("strides",)
    )
    padding: Literal["same", "valid"] | int | tuple[int, ...] = param(
        "same",
        help="Zeros around the volume; same gives ceil(size / stride) "
        "results on each axis, valid adds none.",
        low=0,
        length=(3,),
    )
    dilation: int | tuple[int, ...] = param(
        1, help="Distance between the points of a filter.", low=1, length=(3,), advanced=True
    )
    groups: int = param(
        1, help="Into how many separate parts the channels are divided.", low=1, advanced=True
    )
    bias: bool = param(
        True, help="Whether a learned number is added to each channel.", advanced=True
    )

    def _filter(self) -> Filter:
        return Filter.over(3, self.kernel_size, self.stride, self.padding, self.dilation)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_volume(x) or groups_divide(self.groups, features(x), int(self.out_channels))
        fault = fault or self._filter().fits(x, x.sizes[1:])
        return fault or Shape((int(self.out_channels), *self._filter().results(x.sizes[1:])))

    def _weights(self, x: Shape) -> int:
        points = volume(self._filter().kernel)
        return int(self.out_channels) * (features(x) // self.groups) * points

    def rows(self, x: Shape) -> int:
        """The first axis of the weights, for layers that wrap it."""
        return int(self.out_channels)

    def parameters(self, x: Shape) -> int:
        return self._weights(x) + int(self.out_channels) * self.bias

    def macs(self, x: Shape) -> int:
        return self._weights(x) * volume(self._filter().results(x.sizes[1:]))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules_pictures import PaddedConv3d

        window = self._filter()
        sides = window.sides(x.sizes[1:])
        even = all(before == after for before, after in sides)
        conv = (nn.Conv3d if even else PaddedConv3d)(
            features(x),
            int(self.out_channels),
            triple(window.kernel),
            stride=triple(window.stride),
            padding=triple(tuple(before for before, _ in sides)) if even else 0,
            dilation=triple(window.dilation),
            groups=self.groups,
            bias=self.bias,
        )
        if isinstance(conv, PaddedConv3d):
            conv.sides = padding_order(sides)
        return conv

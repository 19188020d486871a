"""Convolution of each channel, then of all channels at each point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.filters import Filter, padding_order
from nnspec.params import param
from nnspec.rules import features, needs_picture, pair, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("separable_conv", "separable_convolution2d"))
@dataclass(frozen=True, slots=True)
class SeparableConv2d:
    """Filters each channel on its own, then mixes the channels point by point; as in Xception."""

    out_channels: int | Literal["auto"] = param(
        help="How many filters to learn.", low=1, also=("filters",)
    )
    kernel_size: int | tuple[int, ...] = param(
        3, help="Height and width of each filter.", low=1, length=(2,), also=("kernel",)
    )
    depth_multiplier: int = param(
        1,
        help="How many filters to learn for each channel before they are mixed.",
        low=1,
        advanced=True,
    )
    stride: int | tuple[int, ...] = param(
        1, help="How far a filter moves at each step.", low=1, length=(2,), also=("strides",)
    )
    padding: Literal["same", "valid"] | int | tuple[int, ...] = param(
        "same",
        help="Zeros around the picture; same gives ceil(size / stride) "
        "results on each axis, valid adds none.",
        low=0,
        length=(2,),
    )
    dilation: int | tuple[int, ...] = param(
        1, help="Distance between the points of a filter.", low=1, length=(2,), advanced=True
    )
    bias: bool = param(
        True, help="Whether a learned number is added to each channel.", advanced=True
    )

    def _filter(self) -> Filter:
        return Filter.over(2, self.kernel_size, self.stride, self.padding, self.dilation)

    def _middle(self, x: Shape) -> int:
        return features(x) * self.depth_multiplier

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x) or self._filter().fits(x, x.sizes[1:])
        return fault or Shape((int(self.out_channels), *self._filter().results(x.sizes[1:])))

    def _weights(self, x: Shape) -> int:
        return self._middle(x) * (volume(self._filter().kernel) + int(self.out_channels))

    def rows(self, x: Shape) -> int:
        """The first axes of both weights together, for layers that wrap it."""
        return self._middle(x) + int(self.out_channels)

    def parameters(self, x: Shape) -> int:
        return self._weights(x) + int(self.out_channels) * self.bias

    def macs(self, x: Shape) -> int:
        return self._weights(x) * volume(self._filter().results(x.sizes[1:]))

    def build(self, x: Shape) -> nn.Module:
        from collections import OrderedDict

        from torch import nn

        from nnspec.modules import PaddedConv2d

        window = self._filter()
        depthwise = PaddedConv2d(
            features(x),
            self._middle(x),
            pair(window.kernel),
            stride=pair(window.stride),
            dilation=pair(window.dilation),
            groups=features(x),
            bias=False,
        )
        depthwise.sides = padding_order(window.sides(x.sizes[1:]))
        pointwise = nn.Conv2d(self._middle(x), int(self.out_channels), 1, bias=self.bias)
        return nn.Sequential(OrderedDict(depthwise=depthwise, pointwise=pointwise))

"""Convolution of each channel on its own."""

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


@kind("Convolution", also=("depthwise_conv", "depthwise_convolution2d"))
@dataclass(frozen=True, slots=True)
class DepthwiseConv2d:
    """Slides learned filters over each channel of a picture on its own."""

    kernel_size: int | tuple[int, ...] = param(
        3, help="Height and width of each filter.", low=1, length=(2,), also=("kernel",)
    )
    depth_multiplier: int = param(
        1, help="How many filters to learn for each channel.", low=1, also=("channel_multiplier",)
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

    def _channels(self, x: Shape) -> int:
        return features(x) * self.depth_multiplier

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x) or self._filter().fits(x, x.sizes[1:])
        return fault or Shape((self._channels(x), *self._filter().results(x.sizes[1:])))

    def rows(self, x: Shape) -> int:
        """The first axis of the weights, for layers that wrap it."""
        return self._channels(x)

    def parameters(self, x: Shape) -> int:
        return self._channels(x) * (volume(self._filter().kernel) + self.bias)

    def macs(self, x: Shape) -> int:
        window = self._filter()
        return self._channels(x) * volume(window.kernel) * volume(window.results(x.sizes[1:]))

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules import PaddedConv2d

        window = self._filter()
        conv = PaddedConv2d(
            features(x),
            self._channels(x),
            pair(window.kernel),
            stride=pair(window.stride),
            dilation=pair(window.dilation),
            groups=features(x),
            bias=self.bias,
        )
        conv.sides = padding_order(window.sides(x.sizes[1:]))
        return conv

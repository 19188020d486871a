"""Transposed convolution over pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.filters import TransposedFilter, groups_divide
from nnspec.params import param
from nnspec.rules import features, needs_picture, pair, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("deconv2d", "conv2d_transpose", "deconvolution"))
@dataclass(frozen=True, slots=True)
class ConvTranspose2d:
    """Enlarges a picture with learned filters."""

    out_channels: int | Literal["auto"] = param(
        help="How many filters to learn.", low=1, also=("filters",)
    )
    kernel_size: int | tuple[int, ...] = param(
        3, help="Height and width of each filter.", low=1, length=(2,), also=("kernel",)
    )
    stride: int | tuple[int, ...] = param(
        1, help="How many times larger the picture gets.", low=1, length=(2,), also=("strides",)
    )
    padding: Literal["same", "valid"] | int | tuple[int, ...] = param(
        "same",
        help="How much is cut off around; same gives size x stride"
        " on each axis, valid cuts nothing.",
        low=0,
        length=(2,),
    )
    output_padding: int | tuple[int, ...] = param(
        0,
        help="How much is added at the far edges; same works it out.",
        low=0,
        length=(2,),
        advanced=True,
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

    def _filter(self) -> TransposedFilter:
        return TransposedFilter.over(
            2,
            self.kernel_size,
            self.stride,
            self.padding,
            self.output_padding,
            self.dilation,
        )

    def shape(self, x: Shape) -> Shape | Fault:
        made = int(self.out_channels)
        fault = needs_picture(x) or groups_divide(self.groups, features(x), made)
        fault = fault or self._filter().fits(x, x.sizes[1:])
        return fault or Shape((made, *self._filter().results(x.sizes[1:])))

    def _weights(self, x: Shape) -> int:
        points = volume(self._filter().kernel)
        return features(x) * (int(self.out_channels) // self.groups) * points

    def rows(self, x: Shape) -> int:
        """The first axis of the weights, for layers that wrap it."""
        return features(x)

    def parameters(self, x: Shape) -> int:
        return self._weights(x) + int(self.out_channels) * self.bias

    def macs(self, x: Shape) -> int:
        return self._weights(x) * volume(x.sizes[1:])

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules_pictures import TrimmedConvTranspose2d

        window = self._filter()
        conv = (TrimmedConvTranspose2d if any(window.trims) else nn.ConvTranspose2d)(
            features(x),
            int(self.out_channels),
            pair(window.kernel),
            stride=pair(window.stride),
            padding=pair(tuple(cut for cut, _, _ in window.edges)),
            output_padding=pair(tuple(added for _, added, _ in window.edges)),
            dilation=pair(window.dilation),
            groups=self.groups,
            bias=self.bias,
        )
        if isinstance(conv, TrimmedConvTranspose2d):
            conv.trim = window.trims
        return conv

"""Transposed convolution over volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.filters import TransposedFilter, groups_divide
from nnspec.params import param
from nnspec.rules import features, needs_volume, triple, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("deconv3d", "conv3d_transpose"))
@dataclass(frozen=True, slots=True)
class ConvTranspose3d:
    """Enlarges a volume with learned filters."""

    out_channels: int | Literal["auto"] = param(
        help="How many filters to learn.", low=1, also=("filters",)
    )
    kernel_size: int | tuple[int, ...] = param(
        3, help="Depth, height and width of each filter.", low=1, length=(3,), also=("kernel",)
    )
    stride: int | tuple[int, ...] = param(
        1, help="How many times larger the volume gets.", low=1, length=(3,), also=("strides",)
    )
    padding: Literal["same", "valid"] | int | tuple[int, ...] = param(
        "same",
        help="How much is cut off around; same gives size x stride"
        " on each axis, valid cuts nothing.",
        low=0,
        length=(3,),
    )
    output_padding: int | tuple[int, ...] = param(
        0,
        help="How much is added at the far edges; same works it out.",
        low=0,
        length=(3,),
        advanced=True,
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

    def _filter(self) -> TransposedFilter:
        return TransposedFilter.over(
            3,
            self.kernel_size,
            self.stride,
            self.padding,
            self.output_padding,
            self.dilation,
        )

    def shape(self, x: Shape) -> Shape | Fault:
        made = int(self.out_channels)
        fault = needs_volume(x) or groups_divide(self.groups, features(x), made)
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

        from nnspec.modules_pictures import TrimmedConvTranspose3d

        window = self._filter()
        conv = (TrimmedConvTranspose3d if any(window.trims) else nn.ConvTranspose3d)(
            features(x),
            int(self.out_channels),
            triple(window.kernel),
            stride=triple(window.stride),
            padding=triple(tuple(cut for cut, _, _ in window.edges)),
            output_padding=triple(tuple(added for _, added, _ in window.edges)),
            dilation=triple(window.dilation),
            groups=self.groups,
            bias=self.bias,
        )
        if isinstance(conv, TrimmedConvTranspose3d):
            conv.trim = window.trims
        return conv

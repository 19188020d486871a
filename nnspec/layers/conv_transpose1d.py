"""Transposed convolution over sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.filters import TransposedFilter, groups_divide
from nnspec.params import param
from nnspec.rules import described, features, needs_sequence, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("deconv1d", "conv1d_transpose"))
@dataclass(frozen=True, slots=True)
class ConvTranspose1d:
    """Lengthens a sequence (length x features) with learned filters."""

    out_channels: int | Literal["auto"] = param(
        help="How many filters to learn.", low=1, also=("filters",)
    )
    kernel_size: int = param(3, help="How many positions a filter sees.", low=1, also=("kernel",))
    stride: int = param(
        1, help="How many times longer the sequence gets.", low=1, also=("strides",)
    )
    padding: Literal["same", "valid"] | int = param(
        "same",
        help="How much is cut off at both ends; same gives size x stride, valid cuts nothing.",
        low=0,
    )
    output_padding: int = param(
        0, help="How much is added at the far end; same works it out.", low=0, advanced=True
    )
    dilation: int = param(1, help="Distance between the points of a filter.", low=1, advanced=True)
    groups: int = param(
        1, help="Into how many separate parts the channels are divided.", low=1, advanced=True
    )
    bias: bool = param(
        True, help="Whether a learned number is added to each channel.", advanced=True
    )

    def _filter(self) -> TransposedFilter:
        return TransposedFilter.over(
            1,
            self.kernel_size,
            self.stride,
            self.padding,
            self.output_padding,
            self.dilation,
        )

    def shape(self, x: Shape) -> Shape | Fault:
        made = int(self.out_channels)
        fault = needs_sequence(x) or groups_divide(self.groups, features(x), made)
        if fault:
            return fault
        if isinstance(x.sizes[0], str):
            return self._unknown_length(x)
        fault = self._filter().fits(x, x.sizes[:1])
        return fault or Shape((*self._filter().results(x.sizes[:1]), made))

    def _unknown_length(self, x: Shape) -> Shape | Fault:
        if self.stride == 1 and self.padding == "same":
            return Shape((x.sizes[0], int(self.out_channels)))
        return Fault(
            f"changes the length, which is not known of {described(x)}",
            "use stride: 1 and padding: same",
        )

    def _weights(self, x: Shape) -> int:
        points = volume(self._filter().kernel)
        return features(x) * (int(self.out_channels) // self.groups) * points

    def rows(self, x: Shape) -> int:
        """The first axis of the weights, for layers that wrap it."""
        return features(x)

    def parameters(self, x: Shape) -> int:
        return self._weights(x) + int(self.out_channels) * self.bias

    def macs(self, x: Shape) -> int:
        return self._weights(x) * volume(x.sizes[:1])

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_pictures import SequenceConvTranspose1d

        window = self._filter()
        conv = SequenceConvTranspose1d(
            features(x),
            int(self.out_channels),
            self.kernel_size,
            stride=self.stride,
            padding=window.edges[0][0],
            output_padding=window.edges[0][1],
            dilation=self.dilation,
            groups=self.groups,
            bias=self.bias,
        )
        conv.trim = window.trims
        return conv

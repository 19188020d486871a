"""Convolution over sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.filters import Filter, groups_divide, padding_order
from nnspec.params import param
from nnspec.rules import described, features, needs_sequence, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("convolution1d",))
@dataclass(frozen=True, slots=True)
class Conv1d:
    """Slides learned filters along a sequence (length x features)."""

    out_channels: int | Literal["auto"] = param(
        help="How many filters to learn.", low=1, also=("filters",)
    )
    kernel_size: int = param(3, help="How many positions a filter sees.", low=1, also=("kernel",))
    stride: int = param(1, help="How far a filter moves at each step.", low=1, also=("strides",))
    padding: Literal["same", "valid"] | int = param(
        "same",
        help="Zeros at both ends; same gives ceil(length / stride) results, valid adds none.",
        low=0,
    )
    dilation: int = param(1, help="Distance between the points of a filter.", low=1, advanced=True)
    groups: int = param(
        1, help="Into how many separate parts the features are divided.", low=1, advanced=True
    )
    bias: bool = param(
        True, help="Whether a learned number is added to each channel.", advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        made = int(self.out_channels)
        fault = needs_sequence(x) or groups_divide(self.groups, features(x), made)
        if fault:
            return fault
        length = x.sizes[0]
        if isinstance(length, str):
            return self._unknown_length(x)
        fault = self._filter().fits(x, (length,))
        return fault or Shape((*self._filter().results((length,)), int(self.out_channels)))

    def _filter(self) -> Filter:
        return Filter.over(1, self.kernel_size, self.stride, self.padding, self.dilation)

    def _unknown_length(self, x: Shape) -> Shape | Fault:
        if self.stride == 1 and self.padding == "same":
            return Shape((x.sizes[0], int(self.out_channels)))
        return Fault(
            f"changes the length, which is not known of {described(x)}",
            "use stride: 1 and padding: same",
        )

    def _weights(self, x: Shape) -> int:
        return int(self.out_channels) * (features(x) // self.groups) * self.kernel_size

    def rows(self, x: Shape) -> int:
        """The first axis of the weights, for layers that wrap it."""
        return int(self.out_channels)

    def parameters(self, x: Shape) -> int:
        return self._weights(x) + int(self.out_channels) * self.bias

    def macs(self, x: Shape) -> int:
        return self._weights(x) * volume(self._filter().results(x.sizes[:1]))

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules import SequenceConv1d

        conv = SequenceConv1d(
            features(x),
            int(self.out_channels),
            self.kernel_size,
            stride=self.stride,
            dilation=self.dilation,
            groups=self.groups,
            bias=self.bias,
        )
        conv.sides = padding_order(self._filter().sides(x.sizes[:1]))
        return conv

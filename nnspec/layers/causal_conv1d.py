"""Convolution that does not look ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, features, known, needs_sequence
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("temporal_convolution", "tcn", "dilated_causal_conv1d"))
@dataclass(frozen=True, slots=True)
class CausalConv1d:
    """Slides learned filters along a sequence; a position sees itself and those before it.

    Zeros stand before the first position. Stacked with dilation 1, 2, 4, … it is a temporal
    convolutional network (Bai et al. 2018).
    """

    out_channels: int | Literal["auto"] = param(
        help="How many filters to learn.", low=1, also=("filters",)
    )
    kernel_size: int = param(3, help="How many positions a filter sees.", low=1, also=("kernel",))
    stride: int = param(1, help="How far a filter moves at each step.", low=1, also=("strides",))
    dilation: int = param(1, help="Distance between the points of a filter.", low=1)
    groups: int = param(
        1, help="Into how many separate parts the features are divided.", low=1, advanced=True
    )
    bias: bool = param(
        True, help="Whether a learned number is added to each channel.", advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_sequence(x) or self._divides(x)
        if fault:
            return fault
        length = x.sizes[0]
        if isinstance(length, int):
            return Shape((-(-length // self.stride), int(self.out_channels)))
        if self.stride == 1:
            return Shape((length, int(self.out_channels)))
        return Fault(
            f"changes the length, which is not known of {described(x)}",
            "use stride: 1",
            setting="stride",
            fix=("stride", 1),
        )

    def _divides(self, x: Shape) -> Fault | None:
        if features(x) % self.groups == 0 and int(self.out_channels) % self.groups == 0:
            return None
        return Fault(
            f"cannot divide {features(x)} and {self.out_channels} channels into "
            f"{self.groups} groups",
            "use groups: 1, or a number that divides both",
            setting="groups",
            fix=("groups", 1),
        )

    def _weights(self, x: Shape) -> int:
        return int(self.out_channels) * (features(x) // self.groups) * self.kernel_size

    def rows(self, x: Shape) -> int:
        """The first axis of the weights, for layers that wrap it."""
        return int(self.out_channels)

    def parameters(self, x: Shape) -> int:
        return self._weights(x) + int(self.out_channels) * self.bias

    def macs(self, x: Shape) -> int:
        return self._weights(x) * -(-known(x.sizes[0]) // self.stride)

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
        conv.sides = (self.dilation * (self.kernel_size - 1), 0)
        return conv

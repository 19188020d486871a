"""Learned filters along sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.arrivals import not_a_sequence
from nnspec.catalog import kind
from nnspec.channels_first import channels_first
from nnspec.params import param
from nnspec.shapes import Fault, Shape, Size
from nnspec.windows import Window, slide, windows

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("convolution1d", "temporal_convolution"))
@dataclass(frozen=True, slots=True)
class Conv1d:
    """Slides learned filters along a sequence.

    A sequence of length x features becomes one of `out_channels` features; with `same` padding its
    length is divided by the stride and rounded up.
    """

    out_channels: int = param(
        help="How many filters to learn, which is how many features leave.",
        low=1,
        also=("filters", "channels"),
    )
    kernel_size: int = param(
        3, help="How many steps a filter covers.", low=1, high=65536, also=("kernel",)
    )
    stride: int = param(1, help="How far the filter moves at each step.", low=1, high=65536)
    padding: int | Literal["same", "valid"] = param(
        "same",
        help="Zeros around the sequence: same gives input / stride rounded up, valid adds none.",
        low=0,
        high=65536,
    )
    dilation: int = param(
        1, help="How far the points of a filter lie apart.", low=1, high=65536, advanced=True
    )
    groups: int = param(
        1, help="In how many separate groups the features are filtered.", low=1, advanced=True
    )
    bias: bool = param(True, help="Adds a learned number to every feature.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        if fault := not_a_sequence(x):
            return fault
        length, features = x.sizes
        steps = self._steps(length)
        if isinstance(steps, Fault):
            return steps
        if int(features) % self.groups or self.out_channels % self.groups:
            return Fault(
                f"takes {features} and gives {self.out_channels} features, "
                f"which {self.groups} groups cannot share evenly",
                "choose a number that divides both evenly",
                setting="groups",
                fix=("groups", 1),
            )
        return Shape((steps, self.out_channels))

    def parameters(self, x: Shape) -> int:
        return self.out_channels * (self._products(x) + self.bias)

    def macs(self, x: Shape) -> int:
        length = x.sizes[0]  # of a symbolic length one step is counted
        steps = self._window().output(length) if isinstance(length, int) else 1
        return steps * self.out_channels * self._products(x)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        window = self._window()
        length = x.sizes[0]
        before, after = window.pads(length if isinstance(length, int) else window.reach)
        conv = nn.Conv1d(
            int(x.sizes[1]),
            self.out_channels,
            window.kernel,
            window.stride,
            0 if window.pads_apart else before,
            window.dilation,
            self.groups,
            self.bias,
        )
        padded = nn.Sequential(nn.ConstantPad1d((before, after), 0.0), conv)
        return channels_first(padded if window.pads_apart else conv)

    def _window(self) -> Window:
        return windows(1, self.kernel_size, self.stride, self.dilation, self.padding)[0]

    def _products(self, x: Shape) -> int:
        """How many products make one number that leaves."""
        return int(x.sizes[1]) // self.groups * self.kernel_size

    def _steps(self, length: Size) -> Size | Fault:
        window = self._window()
        if isinstance(length, int):
            steps = slide((window,), (length,), "filter")
            return steps if isinstance(steps, Fault) else steps[0]
        if self.stride == 1 and sum(window.pads(window.reach)) == window.reach - 1:
            return length
        return Fault(
            f"would change the length '{length}', which differs from batch to batch",
            "use stride 1 and padding same",
            setting="stride" if self.stride > 1 else "padding",
        )

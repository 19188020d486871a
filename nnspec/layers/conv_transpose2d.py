"""Learned filters that make pictures larger."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Literal

from nnspec.arrivals import fixed, not_a_picture
from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape
from nnspec.windows import Window, spread, times, windows

if TYPE_CHECKING:
    from torch import nn


@kind("Convolution", also=("deconv", "deconvolution", "conv2d_transpose", "transposed_conv2d"))
@dataclass(frozen=True, slots=True)
class ConvTranspose2d:
    """Paints learned patches into a picture, which makes it larger.

    The reverse of a convolution: with `same` padding height and width are multiplied by the stride.
    """

    out_channels: int = param(help="How many channels leave.", low=1, also=("filters", "channels"))
    kernel_size: int | tuple[int, ...] = param(
        3, help="Height and width of a patch.", low=1, high=4096, length=(2,), also=("kernel",)
    )
    stride: int | tuple[int, ...] = param(
        1, help="How many times larger the picture becomes.", low=1, high=4096, length=(2,)
    )
    padding: int | tuple[int, ...] | Literal["same", "valid"] = param(
        "same",
        help="What is cut from every side: same gives input times stride, valid cuts nothing.",
        low=0,
        high=4096,
        length=(2,),
    )
    output_padding: int | tuple[int, ...] = param(
        0,
        help="Rows and columns added at the end, where padding is a number.",
        low=0,
        high=4096,
        length=(2,),
        advanced=True,
    )
    dilation: int | tuple[int, ...] = param(
        1,
        help="How far the points of a patch lie apart.",
        low=1,
        high=4096,
        length=(2,),
        advanced=True,
    )
    groups: int = param(
        1, help="In how many separate groups the channels are painted.", low=1, advanced=True
    )
    bias: bool = param(True, help="Adds a learned number to every channel.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = not_a_picture(x) or self._bad_output_padding()
        if fault:
            return fault
        sizes = tuple(
            (size - 1) * window.stride - 2 * padding + window.reach + extra - crop
            for size, window, (padding, extra, crop) in zip(
                fixed(x)[1:], self._windows(), self._pads(), strict=True
            )
        )
        if min(sizes) < 1:
            return Fault(
                f"cuts more from a picture of {times(fixed(x)[1:])} than it makes",
                "make padding smaller",
                setting="padding",
                fix=("padding", "same") if not any(spread(self.output_padding, 2)) else None,
            )
        return self._bad_groups(x) or Shape((self.out_channels, *sizes))

    def parameters(self, x: Shape) -> int:
        return fixed(x)[0] * self._products() + self.out_channels * self.bias

    def macs(self, x: Shape) -> int:
        return prod(fixed(x)) * self._products()

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        vertical, horizontal = self._windows()
        (top, bottom_extra, bottom), (left, right_extra, right) = self._pads()
        conv = nn.ConvTranspose2d(
            fixed(x)[0],
            self.out_channels,
            (vertical.kernel, horizontal.kernel),
            (vertical.stride, horizontal.stride),
            (top, left),
            (bottom_extra, right_extra),
            self.groups,
            self.bias,
            (vertical.dilation, horizontal.dilation),
        )
        crop = bottom or right
        return nn.Sequential(conv, nn.ZeroPad2d((0, -right, 0, -bottom))) if crop else conv

    def _windows(self) -> tuple[Window, ...]:
        return windows(2, self.kernel_size, self.stride, self.dilation, self.padding)

    def _products(self) -> int:
        """How many products one number that arrives takes part in."""
        return self.out_channels // self.groups * prod(spread(self.kernel_size, 2))

    def _pads(self) -> tuple[tuple[int, int, int], ...]:
        """PyTorch's padding and output_padding of each axis, and what to crop behind it."""
        extras = spread(self.output_padding, 2)
        return tuple(_pad(w, extra) for w, extra in zip(self._windows(), extras, strict=True))

    def _bad_groups(self, x: Shape) -> Fault | None:
        channels = fixed(x)[0]
        if channels % self.groups == 0 and self.out_channels % self.groups == 0:
            return None
        return Fault(
            f"takes {channels} and gives {self.out_channels} channels, "
            f"which {self.groups} groups cannot share evenly",
            "choose a number that divides both evenly",
            setting="groups",
            fix=("groups", 1),
        )

    def _bad_output_padding(self) -> Fault | None:
        extras = spread(self.output_padding, 2)
        if self.padding == "same" and any(extras):
            return Fault(
                "sets output_padding, which padding same decides by itself",
                "remove output_padding, or make padding a number",
                code="value.conflict",
                setting="output_padding",
                fix=("output_padding", 0),
            )
        pairs = zip(extras, self._windows(), strict=True)
        if all(extra < max(window.stride, window.dilation) for extra, window in pairs if extra):
            return None
        return Fault(
            "has an output_padding that is not smaller than its stride or its dilation",
            "make output_padding smaller",
            code="value.conflict",
            setting="output_padding",
        )


def _pad(window: Window, extra: int) -> tuple[int, int, int]:
    if window.padding != "same":
        return window.padding, extra, 0
    surplus = window.reach - window.stride
    if surplus < 0:
        return 0, -surplus, 0
    if surplus % 2 and window.stride == window.dilation == 1:
        return surplus // 2, 0, 1  # PyTorch takes no output_padding here
    return -(-surplus // 2), surplus % 2, 0

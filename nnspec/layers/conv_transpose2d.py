"""Transposed convolution over pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, features, known, needs_picture, pair, volume
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
    padding: Literal["same"] | int | tuple[int, ...] = param(
        "same",
        help="How much is cut off around; same gives size x stride on each axis.",
        low=0,
        length=(2,),
    )
    output_padding: int | tuple[int, ...] = param(
        0, help="How much is added at the far edges.", low=0, length=(2,), advanced=True
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

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x) or self._divides(x) or self._edges_fit()
        if fault:
            return fault
        sizes = self._sizes(x)
        if min(sizes) < 1:
            return Fault(f"cuts off all of {described(x)}", "use less padding", setting="padding")
        return Shape((int(self.out_channels), *sizes))

    def _divides(self, x: Shape) -> Fault | None:
        if features(x) % self.groups or int(self.out_channels) % self.groups:
            return Fault(
                f"cannot divide {features(x)} and {self.out_channels} channels into "
                f"{self.groups} groups",
                "use groups: 1, or a number that divides both",
                setting="groups",
                fix=("groups", 1),
            )
        return None

    def _edges_fit(self) -> Fault | None:
        """PyTorch's limit: output_padding is smaller than stride or dilation."""
        edges = self._edges()
        room = map(max, pair(self.stride), pair(self.dilation))
        if all(added < limit for (_, added), limit in zip(edges, room, strict=True)):
            return None
        if isinstance(self.padding, str):
            return Fault(
                "cannot keep the size with an even kernel_size and stride 1",
                "use an odd kernel_size, or a number for padding",
                setting="kernel_size",
            )
        return Fault(
            "has an output_padding that is not smaller than stride or dilation",
            "use output_padding: 0",
            setting="output_padding",
            fix=("output_padding", 0),
        )

    def _edges(self) -> tuple[tuple[int, int], ...]:
        """For each axis: how much is cut off on both sides, how much added at the far one."""
        if not isinstance(self.padding, str):
            return tuple(zip(pair(self.padding), pair(self.output_padding), strict=True))
        edges: list[tuple[int, int]] = []
        for kernel, stride, dilation in zip(
            pair(self.kernel_size), pair(self.stride), pair(self.dilation), strict=True
        ):
            extra = dilation * (kernel - 1) + 1 - stride
            edges.append(((extra + 1) // 2, extra % 2) if extra > 0 else (0, -extra))
        return tuple(edges)

    def _sizes(self, x: Shape) -> tuple[int, ...]:
        sizes: list[int] = []
        for size, kernel, stride, dilation, (cut, added) in zip(
            x.sizes[1:],
            pair(self.kernel_size),
            pair(self.stride),
            pair(self.dilation),
            self._edges(),
            strict=True,
        ):
            whole = (known(size) - 1) * stride + dilation * (kernel - 1) + 1
            sizes.append(whole - 2 * cut + added)
        return tuple(sizes)

    def _weights(self, x: Shape) -> int:
        return (
            features(x) * (int(self.out_channels) // self.groups) * volume(pair(self.kernel_size))
        )

    def parameters(self, x: Shape) -> int:
        return self._weights(x) + int(self.out_channels) * self.bias

    def macs(self, x: Shape) -> int:
        return self._weights(x) * volume(x.sizes[1:])

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        (top, bottom), (left, right) = self._edges()
        return nn.ConvTranspose2d(
            features(x),
            int(self.out_channels),
            pair(self.kernel_size),
            stride=pair(self.stride),
            padding=(top, left),
            output_padding=(bottom, right),
            dilation=pair(self.dilation),
            groups=self.groups,
            bias=self.bias,
        )

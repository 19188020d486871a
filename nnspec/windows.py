"""Windows that slide along the axes of a picture or a sequence: the arithmetic of their sizes.

Convolutions and pools share it. Sizes follow PyTorch; `same` padding is wide enough that every
stride gives ceil(input / stride), with the odd row or column added at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nnspec.shapes import Fault

Sizes = int | tuple[int, ...]
Padding = int | tuple[int, ...] | Literal["same", "valid"]


@dataclass(frozen=True, slots=True)
class Window:
    """A window along one axis, with PyTorch's `kernel_size`, `stride`, `dilation`, `padding`."""

    kernel: int
    stride: int = 1
    dilation: int = 1
    padding: int | Literal["same"] = 0

    @property
    def reach(self) -> int:
        """How many places it spans, the gaps of a dilation included."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def pads_apart(self) -> bool:
        """Whether a padding layer of its own has to stand before a convolution.

        Either the padding before and after can differ, or a filter fits into the padding alone:
        PyTorch's fast CPU convolution can crash the process on the latter (2.13, oneDNN, a filter
        of one point on an input whose channels come last in memory).
        """
        if self.padding != "same":
            return self.padding >= self.reach
        return self.reach > 1 and (self.stride > 1 or self.reach % 2 == 0)

    def pads(self, size: int) -> tuple[int, int]:
        """How many zeros stand before and after an axis of `size`."""
        if self.padding != "same":
            return self.padding, self.padding
        total = max((-(-size // self.stride) - 1) * self.stride + self.reach - size, 0)
        return total // 2, total - total // 2

    def output(self, size: int, *, ceil_mode: bool = False) -> int:
        """How many places it takes along an axis of `size`; less than 1 where it does not fit."""
        before, after = self.pads(size)
        room = size + before + after - self.reach
        if not ceil_mode:
            return room // self.stride + 1
        last = -(-room // self.stride)  # PyTorch: no window may begin in the padding at the end
        return last if last * self.stride >= size + before else last + 1


def spread(value: Sizes, axes: int) -> tuple[int, ...]:
    """One number for each axis."""
    return value if isinstance(value, tuple) else (value,) * axes


def windows(
    axes: int, kernel: Sizes, stride: Sizes = 1, dilation: Sizes = 1, padding: Padding = 0
) -> tuple[Window, ...]:
    """The window of each axis, from settings that are one number or one for each axis."""
    if padding == "same":
        pads: tuple[int | Literal["same"], ...] = ("same",) * axes
    else:
        pads = spread(0 if padding == "valid" else padding, axes)
    every = (spread(kernel, axes), spread(stride, axes), spread(dilation, axes), pads)
    return tuple(Window(k, s, d, p) for k, s, d, p in zip(*every, strict=True))


def times(sizes: Sequence[int]) -> str:
    """Sizes as the user reads them: `3 x 3`."""
    return " x ".join(str(size) for size in sizes)


def slide(
    sliding: tuple[Window, ...], sizes: tuple[int, ...], what: str, *, ceil_mode: bool = False
) -> tuple[int, ...] | Fault:
    """How many places the windows take along each axis, or why they do not fit.

    Args:
        sliding: one window for each axis.
        sizes: the axes of the input, without channels.
        what: how the user calls the window: "filter" or "window".
        ceil_mode: PyTorch's: a last window may hang over the end.
    """
    pairs = zip(sliding, sizes, strict=True)
    outputs = tuple(window.output(size, ceil_mode=ceil_mode) for window, size in pairs)
    if min(outputs) >= 1:
        return outputs
    reach = times([window.reach for window in sliding])
    given = (
        f"a picture of {times(sizes)}" if len(sizes) == 2 else f"a sequence of length {sizes[0]}"
    )
    padded = any(window.padding for window in sliding)
    return Fault(
        f"has a {what} of {reach}, which does not fit {given}{' with its padding' * padded}",
        "make kernel_size smaller"
        + (" or padding larger" if what == "filter" else ", or remove it or a pool before it"),
        setting="kernel_size",
    )


def pool(
    sliding: tuple[Window, ...], sizes: tuple[int, ...], *, ceil_mode: bool
) -> tuple[int, ...] | Fault:
    """Like `slide`, for pools: their padding is at most half of kernel_size, as in PyTorch."""
    most = min(window.kernel // 2 for window in sliding)
    if any(window.pads(1)[0] > window.kernel // 2 for window in sliding):
        return Fault(
            "has more padding than half of its kernel_size",
            f"make padding {most} or less" if most else "make padding 0",
            setting="padding",
        )
    return slide(sliding, sizes, "window", ceil_mode=ceil_mode)

"""Rules that several layers share: what they can take, and how a window slides over an axis.

Layout: of a vector and of a sequence (`length x features`) the last axis holds the features, of a
picture (`channels x height x width`) and a volume (`channels x depth x height x width`) the first.
Expectations return a `Fault` or None, to be used as `needs_picture(x) or Shape(...)`.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from nnspec.shapes import Fault, Shape, Size

Pair: TypeAlias = "int | tuple[int, ...]"

_FORMS = {
    0: "one number",
    1: "a vector of {} features",
    2: "a sequence of {} (length x features)",
    3: "a picture of {} (channels x height x width)",
    4: "a volume of {} (channels x depth x height x width)",
}


def described(x: Shape) -> str:
    """Say in words what a shape is: `a vector of 14 features`."""
    if x.dtype == "int":
        return f"whole numbers ({x})"
    return _FORMS.get(len(x), "an array of {}").format(x)


def needs_floats(x: Shape) -> Fault | None:
    """Refuse whole numbers (tokens, classes)."""
    if x.dtype == "float":
        return None
    return Fault(f"needs real numbers but receives {described(x)}", "put embedding before it")


def needs_fixed(x: Shape) -> Fault | None:
    """Refuse real numbers of unknown size, and whole numbers."""
    if all(isinstance(size, int) for size in x.sizes):
        return needs_floats(x)
    return Fault(
        f"needs fixed sizes but receives {described(x)}", "pool it first with global_avg_pool"
    )


def needs_picture(x: Shape) -> Fault | None:
    """Refuse all but `channels x height x width`."""
    if len(x) == 3:
        return needs_fixed(x)
    hint = "use linear instead, or reshape it to channels x height x width"
    if len(x) == 2:
        hint = "use the layer for sequences (conv1d, max_pool1d), or reshape it to a picture"
    return Fault(f"needs a picture (channels x height x width) but receives {described(x)}", hint)


def needs_volume(x: Shape) -> Fault | None:
    """Refuse all but `channels x depth x height x width`."""
    if len(x) == 4:
        return needs_fixed(x)
    hint = "reshape it to channels x depth x height x width"
    if len(x) == 3:
        hint = "use the layer for pictures (conv2d, max_pool2d), or reshape it to a volume"
    return Fault(
        f"needs a volume (channels x depth x height x width) but receives {described(x)}", hint
    )


def needs_sequence(x: Shape) -> Fault | None:
    """Refuse all but `length x features`; the length may be unknown, the features not."""
    if x.dtype == "int":
        return needs_floats(x)
    if len(x) == 2:
        return None if isinstance(x.sizes[-1], int) else needs_fixed(x)
    hint = "reshape it to length x features"
    if len(x) == 1 and isinstance(x.sizes[0], int):
        hint = f"use linear for table columns, or make steps of them: reshape: [{x.sizes[0]}, 1]"
    return Fault(f"needs a sequence (length x features) but receives {described(x)}", hint)


def needs_features(x: Shape) -> Fault | None:
    """Refuse what has no axis of features of known size."""
    if x.dtype == "int":
        return needs_floats(x)
    if len(x) in (1, 2, 3, 4) and isinstance(x.sizes[feature_axis(x)], int):
        return None
    return Fault(
        f"needs a vector, a sequence or a picture but receives {described(x)}", "reshape it first"
    )


def needs_vectors(x: Shape) -> Fault | None:
    """Refuse all but a vector, or a sequence of vectors, of known size."""
    if x.dtype == "int":
        return needs_floats(x)
    if len(x) not in (1, 2):
        return Fault(
            f"needs a vector of features but receives {described(x)}",
            "put flatten or global_avg_pool before it",
        )
    if isinstance(x.sizes[-1], int):
        return None
    return Fault(
        f"needs a known number of features but receives {described(x)}",
        "pool it first with global_avg_pool",
    )


def feature_axis(x: Shape) -> int:
    """The axis that holds features: the first of pictures and volumes, else the last."""
    return 0 if len(x) in (3, 4) else len(x) - 1


def features(x: Shape) -> int:
    """How many features or channels `x` has; its size must be known."""
    return known(x.sizes[feature_axis(x)])


def known(size: Size) -> int:
    """A size as a number; 1 where it is not known before the batch arrives."""
    return size if isinstance(size, int) else 1


def volume(sizes: tuple[Size, ...]) -> int:
    """The product of sizes; unknown ones count as 1."""
    return math.prod(known(size) for size in sizes)


def pair(value: Pair) -> tuple[int, int]:
    """One number for both axes, or two numbers: height and width."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def triple(value: Pair) -> tuple[int, int, int]:
    """One number for all axes, or three numbers: depth, height and width."""
    return (value, value, value) if isinstance(value, int) else (value[0], value[1], value[2])


def same_padding(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Zeros before and after an axis so that `ceil(size / stride)` windows fit."""
    windows = -(-size // stride)
    missing = max((windows - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return missing // 2, missing - missing // 2


def windows(
    size: int, kernel: int, stride: int, padding: int, dilation: int = 1, *, ceil: bool = False
) -> int:
    """How many windows fit on an axis, as PyTorch counts them; below 1 where none does."""
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= size + padding else count


def too_big(kernel: tuple[int, ...], x: Shape, largest: int | None = None) -> Fault:
    """Say that a kernel is larger than what it slides over; `largest` is one that surely fits."""
    shown = " x ".join(str(size) for size in kernel)
    return Fault(
        f"has a kernel of {shown}, which does not fit {described(x)}",
        f"use a kernel_size of {largest} or less, or less pooling before it"
        if largest
        else "use a smaller kernel_size, or less pooling before it",
        setting="kernel_size",
        fix=("kernel_size", largest) if largest else None,
    )


def divisor_near(number: int, wanted: int) -> int:
    """A divisor of `number` near `wanted`: the nearest within 10,000, else 1."""
    if wanted >= number:
        return number
    for distance in range(min(wanted, 10_000)):
        for candidate in (wanted - distance, wanted + distance):
            if number % candidate == 0:
                return candidate
    return 1


def must_divide(setting: str, value: int, number: int, what: str) -> Fault | None:
    """Refuse a setting that does not divide `number` of `what`."""
    if number % value == 0:
        return None
    near = divisor_near(number, value)
    return Fault(
        f"cannot divide {number} {what} into {value} equal parts",
        f"use {setting}: {near}",
        setting=setting,
        fix=(setting, near),
    )


def picked_axis(dim: int | None, x: Shape) -> int | Fault:
    """The axis that `dim` names, counted without the batch; None means that of the features."""
    if not len(x):
        return Fault("needs an axis but receives one number", "remove it")
    axis = feature_axis(x) if dim is None else dim
    if axis < len(x):
        return axis
    return Fault(
        f"has no axis {axis} in {described(x)}",
        f"use dim: {len(x) - 1} or less",
        setting="dim",
        fix=("dim", len(x) - 1),
    )


class Weightless:
    """Layers that learn nothing and multiply nothing."""

    __slots__ = ()

    def parameters(self, *inputs: Shape) -> int:
        return 0

    def macs(self, *inputs: Shape) -> int:
        return 0


class Elementwise(Weightless):
    """Layers that treat every number alike: the shape stays, nothing is learned."""

    __slots__ = ()

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_floats(x) or x


def combined(*inputs: Shape) -> Shape | Fault:
    """The shape of a sum or product: all equal, or of size 1 where they differ."""
    first = inputs[0]
    fault = next((fault for x in inputs if (fault := needs_floats(x))), None)
    if fault:
        return fault
    if any(len(x) != len(first) for x in inputs):
        return _different(inputs)
    sizes: list[Size] = []
    for axis in zip(*(x.sizes for x in inputs), strict=True):
        large = {size for size in axis if size != 1}
        if len(large) > 1:
            return _different(inputs)
        sizes.append(large.pop() if large else 1)
    return Shape(tuple(sizes))


def _different(inputs: tuple[Shape, ...]) -> Fault:
    first, other = inputs[0], next(x for x in inputs if x.sizes != inputs[0].sizes)
    return Fault("receives different shapes", _bridge(first, other))


def _bridge(first: Shape, other: Shape) -> str:
    """How the larger of two shapes could be brought to the smaller."""
    if len(first) != len(other):
        return "bring them to one form first, for example with flatten or global_avg_pool"
    if len(first) == 1:
        return f"put a linear with {first} features on the side of {other}"
    if len(first) == 3:
        target, start = sorted((first, other), key=lambda x: known(x.sizes[1]))
        stride = known(start.sizes[1]) // max(known(target.sizes[1]), 1)
        words = f"put a 1x1 conv2d with {target.sizes[0]} channels"
        step = f" and stride {stride}" if stride > 1 else ""
        return f"{words}{step} on the side of {start}"
    return "make their length and features equal, for example with conv1d or linear"

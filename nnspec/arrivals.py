"""What a layer finds when it looks at its input: a picture, a sequence, or something else.

Layers that work on pictures or sequences ask here first, so that every one of them says the same
words about a vector, about tokens or about a size that differs from batch to batch.
"""

from __future__ import annotations

from math import prod

from nnspec.shapes import Fault, Shape

PICTURE = "a picture (channels x height x width)"
SEQUENCE = "a sequence (length x features)"


def not_real_numbers(x: Shape) -> Fault | None:
    """A fault where `x` holds whole numbers such as tokens, else None."""
    if x.dtype != "int":
        return None
    return Fault(f"needs real numbers and is given whole numbers of {x}", "add embedding before it")


def not_a_picture(x: Shape) -> Fault | None:
    """A fault where `x` is no picture of fixed channels, height and width, else None."""
    if fault := not_real_numbers(x):
        return fault
    if len(x) == 3:
        return _unfixed(x, range(3))
    return Fault(f"needs {PICTURE} and is given {_named(x)}", _PICTURE_HINTS.get(len(x)))


def not_a_sequence(x: Shape) -> Fault | None:
    """A fault where `x` is no sequence of a fixed number of features, else None.

    The length may be symbolic.
    """
    if fault := not_real_numbers(x):
        return fault
    if len(x) == 2:
        return _unfixed(x, (1,))
    return Fault(f"needs {SEQUENCE} and is given {_named(x)}", _SEQUENCE_HINTS.get(len(x)))


def not_channels(x: Shape) -> Fault | None:
    """A fault where `x` is no picture, sequence or vector with a fixed number of channels."""
    if len(x) == 1:
        return not_real_numbers(x) or _unfixed(x, (0,))
    return not_a_sequence(x) if len(x) == 2 else not_a_picture(x)


def fixed(x: Shape) -> tuple[int, ...]:
    """The sizes of a shape without symbolic ones, as whole numbers."""
    return tuple(int(size) for size in x.sizes)


def count(x: Shape) -> int:
    """How many numbers a sample has; of a symbolic length, one step is counted."""
    return prod(size for size in x.sizes if isinstance(size, int))


_PICTURE_HINTS = {
    1: "put it before the layer that makes a vector of the picture, or use linear here",
    2: "for sequences there are conv1d and max_pool1d",
}

_SEQUENCE_HINTS = {
    1: "put it before the layer that makes a vector of the sequence, or use linear here",
    3: "for pictures there are conv2d and max_pool2d",
}


def _named(x: Shape) -> str:
    word = {1: "a vector of ", 2: "a sequence of ", 3: "a picture of "}.get(len(x), "")
    return f"{word}{x}"


def _unfixed(x: Shape, axes: range | tuple[int, ...]) -> Fault | None:
    if all(isinstance(x.sizes[axis], int) for axis in axes):
        return None
    return Fault(
        f"needs sizes that are the same in every batch and is given {_named(x)}",
        "give the data a fixed size",
    )

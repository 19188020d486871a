"""Shape rules of the functions that formulas may call: what a call gives for one sample.

Shapes have no batch axis; axes are numbered as torch numbers them, so that the first is 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from nnspec.shapes import Fault, Shape, Size

_NUMBER = Shape(())


@dataclass(frozen=True, slots=True)
class Given:
    """What a shape rule is told of a call: shapes, constants in order, and all options."""

    tensors: tuple[Shape, ...]
    constants: tuple[int | float, ...]
    options: Mapping[str, int | float]


Rule: TypeAlias = Callable[[Given], Shape | Fault]


def broadcast(*shapes: Shape) -> Shape | Fault:
    """The shape in which `shapes` meet, or why they cannot."""
    axes = max((len(shape) for shape in shapes), default=0)
    sizes: list[Size] = []
    for axis in range(-axes, 0):
        here = {shape.sizes[axis] for shape in shapes if len(shape) >= -axis} - {1}
        if len(here) > 1:
            listed = " and ".join(dict.fromkeys(str(shape) for shape in shapes))
            return Fault(f"brings together different shapes: {listed}")
        sizes.append(here.pop() if here else 1)
    whole = bool(shapes) and all(shape.dtype == "int" for shape in shapes)
    return Shape(tuple(sizes), "int" if whole else "float")


def _real(x: Shape) -> Shape:
    return Shape(x.sizes)


def same(given: Given) -> Shape | Fault:
    """Real numbers in the shape that came in."""
    return _real(given.tensors[0])


def kept(given: Given) -> Shape | Fault:
    """What came in."""
    return given.tensors[0]


def reduced(given: Given) -> Shape | Fault:
    """One number a sample, or the shape without the axis that is named."""
    axis = given.options["axis"]
    if math.isnan(axis):
        return _NUMBER
    place = _axis(given.tensors[0], axis)
    if isinstance(place, Fault):
        return place
    return Shape(given.tensors[0].sizes[:place] + given.tensors[0].sizes[place + 1 :])


def along(given: Given) -> Shape | Fault:
    """The shape that came in, if it has the axis."""
    place = _axis(given.tensors[0], given.options["axis"])
    return place if isinstance(place, Fault) else _real(given.tensors[0])


def _axis(x: Shape, axis: float) -> int | Fault:
    """The axis counted from 0; axes are numbered from 1, the batch's own number is 0."""
    count = len(x)
    if axis == int(axis) and (1 <= axis <= count or -count <= axis <= -1):
        return int(axis) - 1 if axis > 0 else count + int(axis)
    return Fault(
        f"has no axis {axis:g} in {x}",
        f"axes are 1 to {count}, or -1 for the last" if count else None,
    )


def drawn(given: Given) -> Shape | Fault:
    """The shape that the constants say."""
    sizes = _sizes(given.constants)
    return sizes if isinstance(sizes, Fault) else Shape(sizes)


def _sizes(constants: tuple[int | float, ...]) -> tuple[int, ...] | Fault:
    sizes = tuple(int(size) for size in constants if 1 <= size <= 2**31 and size == int(size))
    if len(sizes) < len(constants):
        return Fault("takes whole numbers, 1 or more, as sizes")
    if math.prod(sizes) > 10**9:
        return Fault("makes too many numbers for one sample", "make its sizes smaller")
    return sizes


def reshaped(given: Given) -> Shape | Fault:
    """The shape that the constants say, if it holds as many numbers."""
    (x,) = given.tensors
    sizes = _sizes(given.constants)
    if isinstance(sizes, Fault):
        return sizes
    known = [size for size in x.sizes if isinstance(size, int)]
    if len(known) == len(x) and math.prod(known) != math.prod(sizes):
        return Fault(
            f"cannot make {Shape(sizes)} of {x}",
            f"{math.prod(known)} numbers stay {math.prod(known)} numbers",
        )
    return Shape(sizes, x.dtype)


def sliced(given: Given) -> Shape | Fault:
    """A part of the first axis."""
    (x,) = given.tensors
    if not x.sizes or any(place != int(place) for place in given.constants):
        return Fault("takes a part of the first axis, from one whole number up to another")
    first = x.sizes[0]
    if not isinstance(first, int):
        return Shape((f"{first} part", *x.sizes[1:]), x.dtype)
    start, stop, _ = slice(*(int(place) for place in given.constants)).indices(first)
    if start >= stop:
        return Fault(f"takes nothing of {x}", f"start and stop lie between 0 and {first}")
    return Shape((stop - start, *x.sizes[1:]), x.dtype)


def concatenated(given: Given) -> Shape | Fault:
    """All first axes one behind the other."""
    shapes = [x if x.sizes else Shape((1,), x.dtype) for x in given.tensors]
    others = {x.sizes[1:] for x in shapes}
    if len(others) > 1:
        listed = " and ".join(str(x) for x in shapes)
        return Fault(f"joins along the first axis; the others differ: {listed}")
    known = [x.sizes[0] for x in shapes if isinstance(x.sizes[0], int)]
    first: Size = sum(known) if len(known) == len(shapes) else "joined"
    whole = all(x.dtype == "int" for x in shapes)
    return Shape((first, *others.pop()), "int" if whole else "float")


def one_hot(given: Given) -> Shape | Fault:
    """One more axis, as long as there are classes."""
    (x,) = given.tensors
    if x.dtype != "int":
        return Fault(f"needs whole numbers but receives {x} real numbers", "give it a class target")
    sizes = _sizes(given.constants)
    return sizes if isinstance(sizes, Fault) else Shape((*x.sizes, *sizes))


def derived(given: Given) -> Shape | Fault:
    """The shape of what the slope is taken by."""
    y, x = given.tensors
    if x.dtype == "int" or y.dtype == "int":
        return Fault("needs real numbers: whole numbers have no slope")
    return x


def mixed(given: Given) -> Shape | Fault:
    """The one shape that both have."""
    a, b = given.tensors
    if a.sizes != b.sizes:
        return Fault(f"brings together different shapes: {a} and {b}")
    return _real(a)

"""What several layers ask of their inputs, said once: real numbers, a sequence, one shape.

Each function returns the `Fault` in the user's words, or what the layer's rule needs to go on.
"""

from __future__ import annotations

import math

from nnspec.shapes import Fault, Shape


def count(x: Shape) -> int:
    """How many numbers one sample holds; an axis whose size varies counts as one."""
    return math.prod(size for size in x.sizes if isinstance(size, int))


def fixed(x: Shape) -> bool:
    """Whether all sizes are known."""
    return all(isinstance(size, int) for size in x.sizes)


def real(x: Shape) -> Shape | Fault:
    """Return `x`, or the fault where it holds tokens instead of real numbers."""
    if x.dtype == "int":
        return Fault(
            f"tokens ({x}) are numbers of words, not amounts to calculate with",
            "add embedding before it",
        )
    return x


def sequence(x: Shape) -> Shape | Fault:
    """Return `x`, or the fault where it is no sequence `length x features`."""
    if x.dtype == "int":
        return real(x)
    if len(x) == 2 and isinstance(x.sizes[1], int):
        return x
    if len(x) == 2:
        return Fault(
            f"the features of {x} have no fixed size", "choose an input whose features are fixed"
        )
    if len(x) == 1:
        words = f"a vector of {x} features is no sequence"
        return Fault(words, f"give it a sequence, for example reshape: [{x}, 1] (length, features)")
    if len(x) == 3:
        return Fault(f"a picture of {x} is no sequence", _unrolled(x))
    return Fault(f"{x} is no sequence of length x features", "give it a sequence")


def _unrolled(picture: Shape) -> str:
    if not fixed(picture):
        return "bring the picture to a fixed size and reshape it"
    channels, height, width = (int(size) for size in picture.sizes)
    if channels == 1:
        return f"give it a sequence, for example reshape: [{height}, {width}] (one step for a row)"
    return (
        f"give it a sequence, for example reshape: [{channels}, {height * width}] and "
        "permute: [1, 0] (one step for a pixel)"
    )


def several(inputs: tuple[Shape, ...], name: str) -> Fault | None:
    """Return the fault where layer `name` gets fewer than two inputs, or tokens."""
    if len(inputs) < 2:
        return Fault("it joins two or more inputs", f"name them: {name}: [one, other]")
    faults = (found for found in map(real, inputs) if isinstance(found, Fault))
    return next(faults, None)


def alike(inputs: tuple[Shape, ...], name: str) -> Shape | Fault:
    """Return the one shape of all inputs of layer `name`, or the fault."""
    fault = several(inputs, name)
    if fault:
        return fault
    first = inputs[0]
    other = next((each for each in inputs if each.sizes != first.sizes), None)
    if other is None:
        return first
    return Fault(f"the inputs have different shapes: {first} and {other}", _levelled(first, other))


def _levelled(first: Shape, other: Shape) -> str:
    """Say what brings two inputs to one shape."""
    if len(first) != len(other):
        return "flatten or pool the larger one, then bring both to one size with linear"
    if len(first) == 3 and fixed(first) and fixed(other):
        return _one_picture(first, other)
    if len(first) in (1, 2) and first.sizes[:-1] == other.sizes[:-1]:
        return f"put linear: {first.sizes[-1]} behind the input of {other}"
    if len(first) == 2:
        return "the sequences differ in length: make both of one length, or pool them first"
    return "bring them to one shape first"


def _one_picture(first: Shape, other: Shape) -> str:
    large, small = sorted((first, other), key=lambda x: int(x.sizes[1]), reverse=True)
    height, width = (
        -(-int(a) // int(b)) for a, b in zip(large.sizes[1:], small.sizes[1:], strict=True)
    )
    reached = tuple(-(-int(size) // height) for size in large.sizes[1:])
    if height != width or reached != small.sizes[1:]:
        return "bring them to one height and width first: pad, pool or resize one of them"
    stride = f", stride: {height}" if height > 1 else ""
    return (
        f"put conv2d: {{out_channels: {small.sizes[0]}, kernel_size: 1{stride}}} "
        f"behind the input of {large}"
    )

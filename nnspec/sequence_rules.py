"""Rules that layers for sequences share: real lengths, memories, pairs of features, counts.

Expectations return a `Fault` or None, to be used as `needs_lengths(x) or Shape(...)`.
"""

from __future__ import annotations

from nnspec.rules import described, features, known, needs_sequence
from nnspec.shapes import Fault, Shape


def needs_lengths(lengths: Shape | None) -> Fault | None:
    """Refuse all but one whole number per sample: how many positions are real. None is fine."""
    if lengths is None or lengths == Shape((), "int"):
        return None
    return Fault(
        f"needs as lengths one whole number per sample but receives {described(lengths)}",
        "take the input of the data that holds the lengths, or leave this input out",
    )


def needs_padded(x: Shape, lengths: Shape | None) -> Fault | None:
    """Refuse all but a sequence, with or without its real lengths."""
    return needs_sequence(x) or needs_lengths(lengths)


def needs_memory(memory: Shape) -> Fault | None:
    """Refuse as a memory to look at all but a sequence."""
    if memory == Shape((), "int"):
        return Fault(
            "receives lengths where the memory to look at should be",
            "write the memory before them; for self-attention that is the sequence again",
        )
    return needs_sequence(memory)


def needs_same_features(x: Shape, other: Shape, what: str) -> Fault | None:
    """Refuse a second sequence that has other features than the first."""
    if features(x) == features(other):
        return None
    return Fault(
        f"needs {what} of {features(x)} features but receives {described(other)}",
        f"put a linear with {features(x)} features before it",
    )


def needs_pairs(width: int, what: str) -> Fault | None:
    """Refuse an odd number of features where they are turned in pairs."""
    if width % 2 == 0:
        return None
    return Fault(
        f"turns features in pairs but {what} has {width}",
        "use an even number of features, or another num_heads",
    )


def needs_known_length(x: Shape) -> Fault | None:
    """Refuse a length that differs from batch to batch."""
    if isinstance(x.sizes[0], int):
        return None
    return Fault(
        f"needs a fixed length but receives {described(x)}",
        "use a layer that takes any length, or give the column a fixed length",
    )


def attention_macs(query: Shape, memory: Shape, width: int) -> int:
    """Multiply-adds of scores and means of an attention with `width` numbers per position."""
    return 2 * known(query.sizes[0]) * known(memory.sizes[0]) * width


def recurrent_shape(x: Shape, lengths: Shape | None, numbers: int, output: str) -> Shape | Fault:
    """What leaves a recurrent layer: the last state, or one for each position."""
    fault = needs_padded(x, lengths)
    if fault:
        return fault
    return Shape((numbers,) if output == "last" else (x.sizes[0], numbers))

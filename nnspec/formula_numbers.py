"""Numbers in formulas that training could not work with: none at all, or too large for float32."""

from __future__ import annotations

from collections.abc import Iterator

from nnspec.formulas import Binary, Formula, Number, constant, parts, walk
from nnspec.problems import Span

LARGEST = 1e30
"""A product of a few such numbers is past what float32 can hold (3.4e38)."""

_SMALLER = "use numbers up to 1e30"


def unfit_numbers(formula: Formula) -> Iterator[tuple[Span, str, str]]:
    """The smallest parts of a formula that are no finite number: place, words and hint."""
    for part in walk(formula):
        if isinstance(part, Number) and abs(part.value) > LARGEST:
            yield part.span, "this number is too large to train with", _SMALLER
        elif isinstance(part, Binary):
            yield from _unfit(part)


def _unfit(part: Binary) -> Iterator[tuple[Span, str, str]]:
    left, right = (constant(side) for side in parts(part))
    if part.sign == "/" and right == 0:
        yield part.right.span, "this divides by 0", "divide by another number"
    elif left is None or right is None or max(abs(left), abs(right)) > LARGEST:
        return
    elif (value := constant(part)) is None:
        yield part.span, "this is no finite number", _SMALLER
    elif abs(value) > LARGEST:
        yield part.span, "this number is too large to train with", _SMALLER

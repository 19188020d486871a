"""The marks that small pictures of networks are made of, as SVG.

A picture or volume is a box, a sequence a comb with a tooth for each of some positions, a vector
a column of dots or, when it is long, a bar. The colours are in the middle of the scale and stand
out on a light and a dark ground.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nnspec.shapes import Shape

COLOURS = {
    "Linear": "#4a90d9",
    "Convolution": "#3fa66b",
    "Pooling": "#2f9e9e",
    "Sequence": "#9166cc",
    "Attention": "#c2569b",
    "Embedding": "#6f7fdc",
    "Graph": "#5b8c3a",
    "Merge": "#d9694a",
    "Dynamics": "#b5533c",
    "Mixture": "#c78a2e",
}
"""The colour of a layer by its group."""

OTHER, INPUT, _LINK = "#9aa2b1", "#8a94a6", "#8a94a6"
_MOST_DOTS, _DOT = 10, 9.0
_LEAST_PITCH = 2.5
"""Dots that would stand nearer to each other are a bar."""

_UNKNOWN = 32
"""Stands for a length that is only known with a batch."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a mark before it is scaled to the picture."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """One result in the picture; `x` and `y` are its middle."""

    shape: Shape
    colour: str
    x: float
    y: float
    width: float
    height: float

    @property
    def depth(self) -> float:
        """How far a box reaches back, to the right and up."""
        return min(self.height * 0.22, 14.0) if len(self.shape) >= 3 else 0.0

    @property
    def dots(self) -> int:
        """How many dots it is drawn as; 0 for another form."""
        size = self.shape.sizes[0] if len(self.shape) == 1 else 0
        if _is_row(self.shape) or not isinstance(size, int):
            return 0
        return size if size <= min(_MOST_DOTS, self.height / _LEAST_PITCH) else 0


def size_of(shape: Shape) -> Size:
    """How large a result is drawn: by its extent and its features, both on a logarithmic scale."""
    sizes = [size if isinstance(size, int) else _UNKNOWN for size in shape.sizes]
    if len(sizes) >= 3:
        return Size(3 + 1.5 * math.log2(max(1, sizes[0])), 12 + 14 * math.log2(max(1, sizes[1])))
    if _is_row(shape):
        sizes = [*sizes, 1][:2]
        return Size(12 + 1.5 * math.log2(max(1, sizes[0])), 14 + 7 * math.log2(max(1, sizes[1])))
    count = sizes[0] if sizes else 1
    if count <= _MOST_DOTS:
        return Size(_DOT, _DOT * 1.3 * count)
    return Size(_DOT, 24 + 9.5 * math.log2(count))


def draw(mark: Mark) -> Iterator[str]:
    """Draw one result."""
    if len(mark.shape) >= 3:
        return _box(mark)
    if _is_row(mark.shape):
        return _comb(mark)
    return _dots(mark) if mark.dots else _bar(mark)


def _is_row(shape: Shape) -> bool:
    """Whether it is a sequence, or the numbers of tokens."""
    return len(shape) == 2 or (len(shape) == 1 and shape.dtype == "int")


def link(source: Mark, target: Mark) -> str:
    """From a result to what is made of it: a line for each pair of dots, else a pale band."""
    left, right = source.x + source.width / 2, target.x - target.width / 2
    if source.dots and target.dots:
        lines = "".join(
            f"M{left:.1f} {here:.1f}L{right:.1f} {there:.1f}"
            for here in _heights(source)
            for there in _heights(target)
        )
        return f'<path d="{lines}" fill="none" stroke="{_LINK}" stroke-opacity="0.45"/>'
    return _band(source, target)


def _band(source: Mark, target: Mark) -> str:
    left, right = source.x + source.width / 2, target.x - target.width / 2
    up, down = source.height / 2, target.height / 2
    return (
        f'<path d="M{left:.1f} {source.y - up:.1f}L{right:.1f} {target.y - down:.1f}'
        f'V{target.y + down:.1f}L{left:.1f} {source.y + up:.1f}Z" '
        f'fill="{_LINK}" fill-opacity="0.16"/>'
    )


def arc(source: Mark, target: Mark, top: float) -> str:
    """A line over what lies between a result and what takes it too."""
    start, end = source.x + source.depth / 2, target.x + target.depth / 2
    first = source.y - source.height / 2 - source.depth
    last = target.y - target.height / 2 - target.depth
    peak = max(top - 8, min(first, last) - 10 - (end - start) * 0.14)
    return (
        f'<path d="M{start:.1f} {first:.1f}C{start:.1f} {peak:.1f} {end:.1f} {peak:.1f} '
        f'{end:.1f} {last:.1f}" fill="none" stroke="{COLOURS["Merge"]}" stroke-width="1.5"/>'
    )


def _rect(x: float, y: float, width: float, height: float, colour: str, more: str = "") -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="{colour}"{more}/>'
    )


def _box(mark: Mark) -> Iterator[str]:
    left, top, back = mark.x - mark.width / 2, mark.y - mark.height / 2, mark.depth
    right, bottom = left + mark.width, top + mark.height
    yield (
        f'<path d="M{left:.1f} {top:.1f}l{back:.1f} {-back:.1f}h{mark.width:.1f}'
        f'L{right:.1f} {top:.1f}Z" fill="{mark.colour}" fill-opacity="0.55"/>'
    )
    yield (
        f'<path d="M{right:.1f} {top:.1f}l{back:.1f} {-back:.1f}v{mark.height:.1f}'
        f'L{right:.1f} {bottom:.1f}Z" fill="{mark.colour}" fill-opacity="0.75"/>'
    )
    yield _rect(left, top, mark.width, mark.height, mark.colour)


def _comb(mark: Mark) -> Iterator[str]:
    teeth = 5 if mark.width >= 14 else 4 if mark.width >= 10 else 3
    pitch = mark.width / teeth
    for place in range(teeth):
        left = mark.x - mark.width / 2 + pitch * (place + 0.1)
        top = mark.y - mark.height / 2
        yield _rect(left, top, pitch * 0.7, mark.height, mark.colour, ' rx="1"')


def _dots(mark: Mark) -> Iterator[str]:
    radius = min(mark.width / 2, mark.height / mark.dots * 0.42)
    for y in _heights(mark):
        yield f'<circle cx="{mark.x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{mark.colour}"/>'


def _heights(mark: Mark) -> list[float]:
    """The middles of the dots."""
    pitch = mark.height / mark.dots
    return [mark.y - mark.height / 2 + pitch * (place + 0.5) for place in range(mark.dots)]


def _bar(mark: Mark) -> Iterator[str]:
    left, top = mark.x - mark.width / 2, mark.y - mark.height / 2
    yield _rect(left, top, mark.width, mark.height, mark.colour, f' rx="{mark.width / 2:.1f}"')

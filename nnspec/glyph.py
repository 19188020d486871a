"""A small picture of a network, as SVG: a bar for each layer, arcs for what skips layers.

A bar is as high as the result is long or tall and as wide as it has features, both on a logarithmic
scale, so that a funnel, a U or a tower is seen at a glance. Each of several models has a line of
its own. The colours are in the middle of the scale and stand out on a light and a dark ground.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnspec.expansion import Node
from nnspec.graph import Graph
from nnspec.shapes import Shape

WIDTH, HEIGHT, MARGIN = 320, 160, 14
_GAP = 3.0
_COLOURS = {
    "Linear": "#4a90d9",
    "Convolution": "#3fa66b",
    "Pooling": "#2f9e9e",
    "Activation": "#e0a030",
    "Normalization": "#8a94a6",
    "Regularization": "#a3a9b5",
    "Sequence": "#9166cc",
    "Attention": "#c2569b",
    "Embedding": "#6f7fdc",
    "Graph": "#5b8c3a",
    "Merge": "#d9694a",
    "Dynamics": "#b5533c",
    "Mixture": "#c78a2e",
}
_OTHER = "#9aa2b1"
_QUIET = ("Activation", "Normalization", "Regularization")


@dataclass(frozen=True, slots=True)
class _Bar:
    id: str
    colour: str
    left: float
    width: float
    height: float


def glyph(graph: Graph) -> str:
    """Return the picture of a graph whose shapes are known."""
    rows = _rows(graph)
    lane = (HEIGHT - 2 * MARGIN) / max(1, len(rows))
    parts = [
        part
        for place, nodes in enumerate(rows)
        for part in _row(nodes, MARGIN + lane * place, lane - (8 if len(rows) > 1 else 0))
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return "\n".join([head, *parts, "</svg>"]) + "\n"


def _rows(graph: Graph) -> list[tuple[Node, ...]]:
    """The nodes of each model, or all of them."""
    if not graph.models:
        return [graph.nodes]
    return [
        tuple(node for node in graph.nodes if node.id.startswith(f"{name}/"))
        for name in graph.models
    ]


def _row(nodes: Sequence[Node], top: float, lane: float) -> Iterator[str]:
    bars = _bars(nodes, lane * 0.72)
    middle = top + lane * 0.6
    places = {bar.id: bar for bar in bars}
    order = {bar.id: index for index, bar in enumerate(bars)}
    for node in nodes:
        for source in node.inputs:
            if source in places and order[node.id] - order[source] > 1:
                yield _arc(places[source], places[node.id], top, middle)
    for bar in bars:
        yield (
            f'<rect x="{bar.left:.1f}" y="{middle - bar.height / 2:.1f}" width="{bar.width:.1f}" '
            f'height="{bar.height:.1f}" rx="2" fill="{bar.colour}"/>'
        )


def _arc(source: _Bar, target: _Bar, top: float, middle: float) -> str:
    start, end = source.left + source.width / 2, target.left + target.width / 2
    y = middle - max(source.height, target.height) / 2 - 1
    peak = max(top, y - 8 - (end - start) * 0.16)
    return (
        f'<path d="M{start:.1f} {middle - source.height / 2:.1f} C{start:.1f} {peak:.1f} '
        f'{end:.1f} {peak:.1f} {end:.1f} {middle - target.height / 2:.1f}" fill="none" '
        f'stroke="#d9694a" stroke-width="1.6" opacity="0.8"/>'
    )


def _bars(nodes: Sequence[Node], tallest: float) -> list[_Bar]:
    sizes = [_size(node) for node in nodes]
    most = max((height for height, _ in sizes), default=1.0)
    total = sum(width for _, width in sizes) + _GAP * max(0, len(nodes) - 1)
    scale = (WIDTH - 2 * MARGIN) / max(total, 60.0)
    left = MARGIN + max(0.0, (WIDTH - 2 * MARGIN - total * scale) / 2)
    bars: list[_Bar] = []
    for node, (height, width) in zip(nodes, sizes, strict=True):
        colour = _COLOURS.get(node.kind.group, _OTHER)
        bars.append(_Bar(node.id, colour, left, width * scale, max(6.0, tallest * height / most)))
        left += (width + _GAP) * scale
    return bars


def _size(node: Node) -> tuple[float, float]:
    """Height and width of a layer's bar, before they are scaled to the picture."""
    extent, features = _extent(node.shape or Shape(()))
    height = 1 + math.log2(max(1, extent))
    if node.kind.group in _QUIET:
        return height, 2.0
    return height, 3 + 0.8 * math.log2(max(1, features))


def _extent(x: Shape) -> tuple[int, int]:
    """How long or tall a result is, and how many features it has at each place."""
    sizes = [size if isinstance(size, int) else 64 for size in x.sizes]
    if len(sizes) >= 3:
        return sizes[1] * sizes[1], sizes[0]
    if len(sizes) == 2:
        return sizes[0] * 4, sizes[1]
    return (sizes[0] if sizes else 1), 1

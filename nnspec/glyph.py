"""A small picture of a network, as SVG: where each result stands, and what leads to what.

From left to right stand the results, each as large as it is long or tall and as wide as it has
features, on a logarithmic scale, so that a funnel, a U or a tower is seen at a glance. Branches
stand above one another, arcs are what skips layers, and each of several models has a line of its
own. Layers that only bend, scale or drop numbers are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nnspec.expansion import Node
from nnspec.glyph_marks import COLOURS, INPUT, OTHER, Mark, arc, draw, link, size_of
from nnspec.graph import Graph
from nnspec.shapes import Shape

WIDTH, HEIGHT, MARGIN = 320, 160, 14
_QUIET = ("Activation", "Normalization", "Regularization")
_LARGEST_SCALE, _LARGEST_GAP, _LEAST_GAP = 1.5, 44.0, 3.0
_FILLED = 0.6
"""How much of its line the tallest result takes; the rest is for arcs."""


@dataclass(slots=True)
class _Line:
    """What stands in one line of the picture.

    Attributes:
        shapes, colours: of each result, by its id, in order.
        sources: what each is made from.
        depth: its column, 0 is the leftmost.
        height: how far it is from the middle, in branches.
    """

    shapes: dict[str, Shape] = field(default_factory=dict[str, Shape])
    colours: dict[str, str] = field(default_factory=dict[str, str])
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    depth: dict[str, int] = field(default_factory=dict[str, int])
    height: dict[str, float] = field(default_factory=dict[str, float])


def glyph(graph: Graph) -> str:
    """Return the picture of a graph whose shapes are known."""
    rows = _rows(graph)
    lane = (HEIGHT - 2 * MARGIN) / max(1, len(rows))
    parts = [
        part
        for place, nodes in enumerate(rows)
        for part in _drawn(_line(nodes, graph.inputs), MARGIN + lane * place, lane)
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


def _line(nodes: Sequence[Node], inputs: Mapping[str, Shape]) -> _Line:
    """Choose what is drawn, and where it stands."""
    line = _Line()
    _add_inputs(line, nodes, inputs)
    stands_for = {name: name for name in line.shapes}
    for node in nodes:
        found = dict.fromkeys(stands_for[each] for each in node.inputs if each in stands_for)
        if len(found) == 1 and _quiet(node):
            stands_for[node.id] = next(iter(found))
            continue
        stands_for[node.id] = node.id
        line.shapes[node.id] = node.shape or Shape(())
        line.colours[node.id] = COLOURS.get(node.kind.group, OTHER)
        line.sources[node.id] = tuple(found)
    _place(line)
    return line


def _add_inputs(line: _Line, nodes: Sequence[Node], inputs: Mapping[str, Shape]) -> None:
    """Add the inputs, but not those that only tell a layer of lengths or edges."""
    main = {each for node in nodes for each in node.inputs[: None if node.kind.many else 1]}
    for name, shape in inputs.items():
        if name in main:
            line.shapes[name], line.colours[name], line.sources[name] = shape, INPUT, ()


def _quiet(node: Node) -> bool:
    sizes = len(node.shape.sizes) if node.shape else 0
    return node.kind.group in _QUIET or (node.kind.group == "Shape" and sizes < 3)


def _place(line: _Line) -> None:
    for name, sources in line.sources.items():
        line.depth[name] = 1 + max((line.depth[each] for each in sources), default=-1)
    roots = [name for name, sources in line.sources.items() if not sources]
    takers: dict[str, list[str]] = {name: [] for name in line.sources}
    for name, sources in line.sources.items():
        for source in sources:
            takers[source].append(name)
    for place, name in enumerate(roots):
        line.height[name] = place - (len(roots) - 1) / 2
        line.depth[name] = min((line.depth[each] for each in takers[name]), default=1) - 1
    for name, sources in line.sources.items():
        if len(sources) > 1:
            line.height[name] = sum(line.height[each] for each in sources) / len(sources)
        elif sources:
            branches = [each for each in takers[sources[0]] if len(line.sources[each]) == 1]
            aside = branches.index(name) - (len(branches) - 1) / 2
            line.height[name] = line.height[sources[0]] + aside


def _drawn(line: _Line, top: float, lane: float) -> list[str]:
    marks = _marks(line, top, lane)
    under: list[str] = []
    for name, sources in line.sources.items():
        for source in sources:
            skips = line.depth[name] - line.depth[source] > 1
            level = abs(line.height[name] - line.height[source]) < 0.1
            between = (marks[source], marks[name])
            under.append(arc(*between, top) if skips and level else link(*between))
    return [*under, *(part for mark in marks.values() for part in draw(mark))]


def _marks(line: _Line, top: float, lane: float) -> dict[str, Mark]:
    """Scale everything to the line."""
    least, most = min(line.height.values(), default=0.0), max(line.height.values(), default=0.0)
    branch = lane / (most - least + 1)
    sizes = {name: size_of(shape) for name, shape in line.shapes.items()}
    tallest = max((size.height for size in sizes.values()), default=1.0)
    tall = min(branch * _FILLED, 84.0)
    columns = [0.0] * (1 + max(line.depth.values(), default=0))
    for name, size in sizes.items():
        columns[line.depth[name]] = max(columns[line.depth[name]], size.width)
    lefts, scale = _columns(columns)
    marks: dict[str, Mark] = {}
    for name, size in sizes.items():
        column = line.depth[name]
        x = lefts[column] + columns[column] * scale / 2
        y = top + branch * (line.height[name] - least + 0.5 + 0.1 * (most == least))
        height = max(5.0, tall * size.height / tallest)
        marks[name] = Mark(line.shapes[name], line.colours[name], x, y, size.width * scale, height)
    return marks


def _columns(widths: Sequence[float]) -> tuple[list[float], float]:
    """The left edge of each column, and what widths are multiplied by."""
    room = WIDTH - 2 * MARGIN
    gaps = len(widths) - 1
    scale = min(_LARGEST_SCALE, room / max(1.0, sum(widths) + gaps * _LEAST_GAP * 2))
    gap = min(_LARGEST_GAP, (room - sum(widths) * scale) / gaps) if gaps else 0.0
    left = MARGIN + (room - sum(widths) * scale - gap * gaps) / 2
    lefts: list[float] = []
    for width in widths:
        lefts.append(left)
        left += width * scale + gap
    return lefts, scale

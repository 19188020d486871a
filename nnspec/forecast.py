"""What training a network will cost, before it is built: bytes of memory, and work to be done.

Both are read off shapes alone, by one rule for all layers: what a layer needs again when it learns
is kept until then, four bytes a number. What sets a kind apart (a view is no copy, dropout keeps a
mask) stands in its own file, as `keeps`, `kept` and `calls`. How fast a machine does the work is
not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nnspec.graph import Graph, Node
from nnspec.passes import Pass
from nnspec.rules import volume
from nnspec.shapes import Shape

BYTES: Final = 4
"""Of a number: all training is done in float32."""

LIBRARIES: Final = 8 << 20
"""Bytes that torch sets aside when layers run for the first time; measured, as the two below."""

FRAGMENTS: Final = 1.5
"""What passing numbers take by what they are: the allocator's gaps, and copies in other layouts."""

CALLS: Final = 4
CALLS_OF_FILTERS: Final = 12
"""Small operations that the start of a layer takes as long as, forward and back."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that a training takes at its height, besides the program itself.

    Attributes:
        weights: the network's parameters.
        gradients: of each parameter one.
        optimizer: what the optimiser remembers of each parameter.
        copies: of the best weights, and of everything while a checkpoint is written.
        activations: what the layers keep of a batch until they have learned from it.
        judging: the largest results while rows are judged.
        data: the rows, and a few gathered batches.
    """

    weights: int
    gradients: int
    optimizer: int
    copies: int
    activations: int
    judging: int
    data: int

    @property
    def total(self) -> int:
        """At the height; what learning let go is not there for judging, and the other way round."""
        always = self.weights + self.gradients + self.optimizer + self.copies + self.data
        return LIBRARIES + always + int(FRAGMENTS * (self.activations + self.judging))


@dataclass(frozen=True, slots=True)
class Work:
    """What has to be done, by the kinds of work a machine does at different speeds.

    Attributes:
        macs: multiply-adds of sums over features.
        convolution: multiply-adds of filters.
        numbers: numbers written by layers, each read again soon.
        calls: operations that are started one after another.
    """

    macs: float = 0.0
    convolution: float = 0.0
    numbers: float = 0.0
    calls: float = 0.0

    def __add__(self, other: Work) -> Work:
        return Work(
            self.macs + other.macs,
            self.convolution + other.convolution,
            self.numbers + other.numbers,
            self.calls + other.calls,
        )

    def times(self, rows: float, calls: float) -> Work:
        """The same for so many rows, in so many calls."""
        return Work(
            self.macs * rows, self.convolution * rows, self.numbers * rows, self.calls * calls
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """How the rows of the data are gone through.

    Attributes:
        held: rows of all parts, which stay in memory.
        batch: rows of one step.
        judged: rows that are judged at once.
        gathered: bytes that are gathered at once, if there are so many.
    """

    held: int
    batch: int
    judged: int = 0
    gathered: int = 0


def training_memory(
    graph: Graph, passes: Iterable[Pass], rows: Rows, *, remembered: int = 2
) -> Memory:
    """Bytes that training `graph` takes.

    Args:
        graph: a network with known shapes; a size that is known only with the batch counts as 1.
        passes: what a batch makes it do; they follow each other, so the largest counts.
        rows: how many rows are held and looked at.
        remembered: numbers that the optimiser remembers of each parameter.
    """
    weights = BYTES * sum(node.parameters for node in graph.nodes)
    kept = kept_numbers(graph)
    entered = sum(volume(shape.sizes) for shape in graph.inputs.values())
    largest = max((_numbers(node) for node in graph.nodes), default=0)
    each = [sum(kept[n.id] * _runs(n, one, graph) for n in graph.nodes) for one in passes]
    one_row = max(each, default=0) + entered + 2 * largest
    row = row_bytes(graph)
    return Memory(
        weights=weights,
        gradients=weights,
        optimizer=remembered * weights,
        copies=2 * weights + remembered * weights,
        activations=BYTES * one_row * rows.batch,
        judging=BYTES * (passing_numbers(graph) + entered) * rows.judged,
        data=rows.held * row + min(rows.held * row, 2 * max(rows.gathered, rows.batch * row)),
    )


def row_bytes(graph: Graph) -> int:
    """Bytes of one row as it is held: pictures as bytes, all else as 32-bit numbers."""
    return sum(
        volume(shape.sizes) * (1 if len(shape) == 3 else BYTES) for shape in graph.inputs.values()
    )


def kept_numbers(graph: Graph) -> dict[str, int]:
    """Numbers of one row that are kept for learning, by the node that made them.

    A result is kept once, if the layer itself needs it or one that takes it does; what a view
    shows is kept where it was made.
    """
    shapes = _shapes(graph)
    made = _origins(graph)
    needed = set(graph.outputs.values()) | {model.result for model in graph.models.values()}
    for node in graph.nodes:
        keeps = _keeps(node)
        needed |= set(node.inputs) if keeps == "input" else set()
        needed |= {node.id} if keeps == "result" else set()
    origins = {made.get(id, id) for id in needed}
    return {
        node.id: _further(node, shapes) + (_numbers(node) if node.id in origins else 0)
        for node in graph.nodes
    }


def passing_numbers(graph: Graph) -> int:
    """Numbers of one row that exist at once, at most, when a result goes after its last use."""
    made = _origins(graph)
    last = {made.get(id, id): at for at, node in enumerate(graph.nodes) for id in node.inputs}
    alive: dict[str, int] = {}
    most = 0
    for at, node in enumerate(graph.nodes):
        alive[node.id] = _numbers(node)
        most = max(most, sum(alive.values()))
        alive = {id: size for id, size in alive.items() if last.get(id, at) > at}
    return most


def forward_work(graph: Graph, ran: Mapping[str, int]) -> Work:
    """The work of one row forward, each network run as often as `ran` says."""
    total = Work()
    shapes = _shapes(graph)
    for node in graph.nodes:
        runs = _runs_in(node, ran, graph)
        total += node_work(node, shapes).times(runs, runs)
    return total


def node_work(node: Node, shapes: Mapping[str, Shape | None]) -> Work:
    """The work of one layer for one row forward."""
    if node.shape is None or _keeps(node) == "view":
        return Work()
    filters = node.kind.group == "Convolution"
    calls = _asked(node, "calls", shapes) or (CALLS_OF_FILTERS if filters else CALLS)
    numbers = _numbers(node) + _further(node, shapes)
    return Work(0 if filters else node.macs, node.macs if filters else 0, numbers, calls)


def _runs(node: Node, one: Pass, graph: Graph) -> int:
    return _runs_in(node, one.models, graph)


def _runs_in(node: Node, ran: Mapping[str, int], graph: Graph) -> int:
    return ran.get(node.id.split("/")[0] if graph.models else "", 0)


def _origins(graph: Graph) -> dict[str, str]:
    """For each view the node, or input, whose numbers it shows."""
    made: dict[str, str] = {}
    for node in graph.nodes:
        if _keeps(node) == "view" and node.inputs:
            source = node.inputs[0]
            made[node.id] = made.get(source, source)
    return made


def _shapes(graph: Graph) -> dict[str, Shape | None]:
    return {**graph.inputs, **{node.id: node.shape for node in graph.nodes}}


def _numbers(node: Node) -> int:
    return volume(node.shape.sizes) if node.shape is not None and _keeps(node) != "view" else 0


def _further(node: Node, shapes: Mapping[str, Shape | None]) -> int:
    return _asked(node, "kept", shapes)


def _keeps(node: Node) -> str:
    return getattr(node.layer, "keeps", "input")


def _asked(node: Node, name: str, shapes: Mapping[str, Shape | None]) -> int:
    """Ask a layer what it may know of itself; 0 where it says nothing."""
    rule: Any = getattr(node.layer, name, None)
    taken = [shapes.get(id) for id in node.inputs]
    if rule is None or node.shape is None or None in taken:
        return 0
    return int(rule(*taken))

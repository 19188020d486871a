"""Rules that graph layers share: the batch axis holds nodes, or edges, or whole graphs.

Expectations return a `Fault` or None, to be used as `needs_nodes(x) or Shape(...)`.
"""

from __future__ import annotations

from nnspec.rules import described, needs_floats
from nnspec.shapes import Fault, Shape

EDGES = Shape((2,), "int")
"""A source and a target, the numbers of two nodes; the batch axis counts the edges."""


def needs_nodes(x: Shape) -> Fault | None:
    """Refuse all but a vector of features for each node."""
    if x == EDGES:
        return Fault(
            "receives edges where the nodes should be",
            "write the nodes first: [x, edges]",
        )
    if len(x) != 1:
        return Fault(
            f"needs a vector of features for each node but receives {described(x)}",
            "put flatten or global_avg_pool before it",
        )
    if x.dtype == "int":
        return needs_floats(x)
    if not isinstance(x.sizes[0], int):
        return Fault(
            f"needs a known number of features but receives {described(x)}",
            "pool it first with global_avg_pool",
        )
    return None


def needs_edges(edges: Shape) -> Fault | None:
    """Refuse all but edges: two whole numbers each, source and target."""
    if edges == EDGES:
        return None
    return Fault(
        f"needs as edges two node numbers each but receives {described(edges)}",
        "take the input of the data that holds the edges: [x, edges]",
    )


def needs_graph(x: Shape, edges: Shape) -> Fault | None:
    """Refuse all but nodes with features, and edges between them."""
    return needs_nodes(x) or needs_edges(edges)


def needs_edge_weight(weight: Shape | None) -> Fault | None:
    """Refuse all but one real number for each edge. None is fine."""
    if weight is None or weight == Shape(()):
        return None
    return Fault(
        f"needs as edge_weight one real number for each edge but receives {described(weight)}",
        "take the input of the data that holds the weights, or leave this input out",
    )


def needs_graph_numbers(graph: Shape | None) -> Fault | None:
    """Refuse all but one whole number for each node: which graph it belongs to. None is fine."""
    if graph is None or graph == Shape((), "int"):
        return None
    return Fault(
        f"needs as graph one whole number for each node but receives {described(graph)}",
        "take the input of the data that numbers the graphs, or leave this input out",
    )

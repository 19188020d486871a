"""Pooling over the nodes of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.graph_rules import needs_graph_numbers, needs_nodes
from nnspec.params import param
from nnspec.rules import Weightless
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind(
    "Graph",
    takes=("x", "graph?"),
    also=("global_mean_pool", "global_add_pool", "global_sum_pool", "readout"),
)
@dataclass(frozen=True, slots=True)
class GraphPool(Weightless):
    """Makes one row for each graph from the rows of its nodes.

    The second input numbers the graph of each node, from 0; without it all nodes are one graph.
    """

    changes_rows: ClassVar[bool] = True

    reduce: Literal["mean", "max", "sum"] = param(
        "mean", help="What is taken of the nodes.", also=("aggr", "mode")
    )

    def shape(self, x: Shape, graph: Shape | None = None) -> Shape | Fault:
        return needs_nodes(x) or needs_graph_numbers(graph) or x

    def build(self, x: Shape, graph: Shape | None = None) -> nn.Module:
        from nnspec.modules_graphs import GraphPool as Module

        return Module(self.reduce)

"""The graph convolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.graph_rules import needs_edge_weight, needs_graph
from nnspec.params import param
from nnspec.rules import features
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind(
    "Graph", takes=("x", "edges", "edge_weight?"), also=("gcn", "graph_conv", "graph_convolution")
)
@dataclass(frozen=True, slots=True)
class GcnConv:
    """Gives each node a weighted sum of its neighbours and itself (Kipf & Welling 2017).

    Takes the nodes and the edges, and if wanted a weight for each edge. MACs are those of the
    linear map of one node: how many edges there are is not known before the data is.
    """

    out_channels: int | Literal["auto"] = param(
        help="How many numbers leave for each node; auto is what the target needs.",
        low=1,
        also=("units", "out_features"),
    )
    improved: bool = param(False, help="Whether a node counts twice in its own sum.", advanced=True)
    add_self_loops: bool = param(
        True, help="Whether each node counts in its own sum.", advanced=True
    )
    normalize: bool = param(
        True,
        help="Whether sums are divided by the degrees; without it no self-loops are added.",
        advanced=True,
    )
    bias: bool = param(True, help="Adds a learned number to every output.", advanced=True)

    def shape(self, x: Shape, edges: Shape, edge_weight: Shape | None = None) -> Shape | Fault:
        fault = needs_graph(x, edges) or needs_edge_weight(edge_weight)
        return fault or Shape((int(self.out_channels),))

    def parameters(self, x: Shape, edges: Shape, edge_weight: Shape | None = None) -> int:
        return (features(x) + self.bias) * int(self.out_channels)

    def macs(self, x: Shape, edges: Shape, edge_weight: Shape | None = None) -> int:
        return features(x) * int(self.out_channels)

    def build(self, x: Shape, edges: Shape, edge_weight: Shape | None = None) -> nn.Module:
        from nnspec.modules_graphs import GCNConv

        return GCNConv(
            features(x),
            int(self.out_channels),
            improved=self.improved,
            add_self_loops=self.add_self_loops,
            normalize=self.normalize,
            bias=self.bias,
        )

"""GraphSAGE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.graph_rules import needs_graph
from nnspec.params import param
from nnspec.rules import features
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Graph", takes=("x", "edges"), also=("sage", "graphsage", "graph_sage"))
@dataclass(frozen=True, slots=True)
class SageConv:
    """Maps what the neighbours tell and the node itself apart, and adds both (Hamilton 2017).

    With `aggr: sum` it is the GraphConv of Morris et al. 2019. MACs are those of the linear maps of
    one node: how many edges there are is not known before the data is.
    """

    out_channels: int | Literal["auto"] = param(
        help="How many numbers leave for each node; auto is what the target needs.",
        low=1,
        also=("units", "out_features"),
    )
    aggr: Literal["mean", "max", "sum"] = param(
        "mean", help="What is taken of the neighbours.", also=("aggregation", "reduce")
    )
    normalize: bool = param(False, help="Whether each result gets the length 1.")
    root_weight: bool = param(True, help="Whether the node itself is added.", advanced=True)
    bias: bool = param(True, help="Adds a learned number to every output.", advanced=True)

    def shape(self, x: Shape, edges: Shape) -> Shape | Fault:
        return needs_graph(x, edges) or Shape((int(self.out_channels),))

    def parameters(self, x: Shape, edges: Shape) -> int:
        return self.macs(x, edges) + self.bias * int(self.out_channels)

    def macs(self, x: Shape, edges: Shape) -> int:
        return (1 + self.root_weight) * features(x) * int(self.out_channels)

    def build(self, x: Shape, edges: Shape) -> nn.Module:
        from nnspec.modules_graphs import SAGEConv

        return SAGEConv(
            features(x),
            int(self.out_channels),
            self.aggr,
            normalize=self.normalize,
            root_weight=self.root_weight,
            bias=self.bias,
        )

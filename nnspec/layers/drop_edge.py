"""Dropout of edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.graph_rules import needs_edges
from nnspec.params import param
from nnspec.rules import Weightless
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Graph", takes=("edges",), also=("dropout_edge", "edge_dropout"))
@dataclass(frozen=True, slots=True)
class DropEdge(Weightless):
    """Leaves random edges out while training, against overfitting (Rong et al. 2020).

    Its result stands where edges are asked for: `gcn_conv: [x, drop_edge]`. Edges with weights
    cannot be dropped this way, since the weights would not know.
    """

    changes_rows: ClassVar[bool] = True

    p: float = param(
        0.2, low=0, below=1, help="The share of edges left out.", also=("rate", "probability")
    )

    def shape(self, edges: Shape) -> Shape | Fault:
        return needs_edges(edges) or edges

    def build(self, edges: Shape) -> nn.Module:
        from nnspec.modules_graphs import DropEdge as Module

        return Module(self.p)

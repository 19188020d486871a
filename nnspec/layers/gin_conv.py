"""The graph isomorphism layer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.graph_rules import needs_graph
from nnspec.params import param
from nnspec.rules import features
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Graph", takes=("x", "edges"), also=("gin", "graph_isomorphism"))
@dataclass(frozen=True, slots=True)
class GinConv:
    """Puts the sum of a node and its neighbours through a small network (Xu et al. 2019).

    MACs are those of the small network for one node: how many edges there are is not known before
    the data is.
    """

    out_channels: int | Literal["auto"] = param(
        help="How many numbers leave for each node; auto is what the target needs.",
        low=1,
        also=("units", "out_features"),
    )
    hidden_channels: tuple[int, ...] = param(
        (64,), help="How wide the hidden layers of the small network are; [] is one linear.", low=1
    )
    eps: float = param(0.0, help="A node counts 1 + eps times in its own sum.")
    train_eps: bool = param(False, help="Whether eps is learned.")
    bias: bool = param(True, help="Adds a learned number to every output.", advanced=True)

    def shape(self, x: Shape, edges: Shape) -> Shape | Fault:
        return needs_graph(x, edges) or Shape((int(self.out_channels),))

    def _widths(self, x: Shape) -> tuple[int, ...]:
        return (features(x), *self.hidden_channels, int(self.out_channels))

    def parameters(self, x: Shape, edges: Shape) -> int:
        biases = self.bias * sum(self._widths(x)[1:])
        return self.macs(x, edges) + biases + self.train_eps

    def macs(self, x: Shape, edges: Shape) -> int:
        return sum(before * after for before, after in pairwise(self._widths(x)))

    def build(self, x: Shape, edges: Shape) -> nn.Module:
        from nnspec.modules_graphs import GINConv

        return GINConv(
            features(x),
            int(self.out_channels),
            self.hidden_channels,
            eps=self.eps,
            train_eps=self.train_eps,
            bias=self.bias,
        )

"""Graph attention, second version."""

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


@kind("Graph", takes=("x", "edges"), also=("gatv2_conv", "gatv2"))
@dataclass(frozen=True, slots=True)
class GatV2Conv:
    """Weighs neighbours so that their order depends on the node that asks (Brody et al. 2022).

    MACs are those of the linear maps and the score of one node: how many edges there are is not
    known before the data is.
    """

    out_channels: int | Literal["auto"] = param(
        help="How many numbers leave for each head; auto is what the target needs.",
        low=1,
        also=("units", "out_features"),
    )
    heads: int = param(1, help="How many ways of weighing are learned.", low=1, also=("num_heads",))
    concat: bool = param(
        True, help="Whether heads stand side by side; otherwise their mean leaves."
    )
    dropout: float = param(
        0.0, low=0, below=1, help="The share of neighbours left out while training."
    )
    share_weights: bool = param(
        False, help="Whether neighbours and the node itself have one linear map."
    )
    negative_slope: float = param(
        0.2, low=0, help="The slope of the leaky ReLU of the scores.", advanced=True
    )
    add_self_loops: bool = param(True, help="Whether each node weighs itself too.", advanced=True)
    bias: bool = param(True, help="Adds a learned number to every output.", advanced=True)

    def shape(self, x: Shape, edges: Shape) -> Shape | Fault:
        return needs_graph(x, edges) or Shape((self._width(),))

    def _width(self) -> int:
        return int(self.out_channels) * (self.heads if self.concat else 1)

    def _maps(self) -> int:
        return 1 if self.share_weights else 2

    def parameters(self, x: Shape, edges: Shape) -> int:
        inner = self.heads * int(self.out_channels)
        return inner * (self._maps() * (features(x) + self.bias) + 1) + self.bias * self._width()

    def macs(self, x: Shape, edges: Shape) -> int:
        return self.heads * int(self.out_channels) * (self._maps() * features(x) + 1)

    def build(self, x: Shape, edges: Shape) -> nn.Module:
        from nnspec.modules_graph_attention import GATv2Conv

        return GATv2Conv(
            features(x),
            int(self.out_channels),
            self.heads,
            concat=self.concat,
            negative_slope=self.negative_slope,
            dropout=self.dropout,
            add_self_loops=self.add_self_loops,
            bias=self.bias,
            share_weights=self.share_weights,
        )

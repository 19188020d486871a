"""PyTorch modules for graphs whose nodes weigh their neighbours: graph attention, two versions.

Features are `nodes x numbers`, edges are `edges x 2` (int64: source, target); an edge that is
written twice counts twice. Weights are drawn as PyTorch Geometric draws them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from nnspec.modules_graphs import add_at, largest_at, with_loops


def softmax_at(scores: Tensor, place: Tensor, count: int) -> Tensor:
    """Return scores made positive, so that those of one place add up to 1."""
    largest = largest_at(scores.detach(), place, count)
    raised = (scores - largest.index_select(0, place)).exp()
    return raised / add_at(raised, place, count).index_select(0, place)


def ends(edges: Tensor, nodes: int, *, loops: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Return sources, targets, and which edges to pass over.

    With `loops` each node gets an edge to itself; those that are written already make way for it.
    """
    written = edges[:, 0] == edges[:, 1]
    if not loops:
        return edges[:, 0], edges[:, 1], torch.zeros_like(written)
    return *with_loops(edges, nodes), functional.pad(written, (0, nodes))


class GATConv(nn.Module):
    """Graph attention: each node weighs its sources (Velickovic et al. 2018).

    `dropout` sets attention weights to 0 while training.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        heads: int = 1,
        *,
        concat: bool = True,
        negative_slope: float = 0.2,
        dropout: float = 0.0,
        add_self_loops: bool = True,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels, self.heads = in_channels, out_channels, heads
        self.concat, self.negative_slope, self.dropout = concat, negative_slope, dropout
        self.add_self_loops, self.bias = add_self_loops, bias
        self.linear = nn.Linear(in_channels, heads * out_channels, bias=False)
        self.att_src = nn.Parameter(torch.empty(heads, out_channels))
        self.att_dst = nn.Parameter(torch.empty(heads, out_channels))
        for weight in (self.linear.weight, self.att_src, self.att_dst):
            nn.init.xavier_uniform_(weight)
        width = out_channels * (heads if concat else 1)
        self.offset = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x: Tensor, edges: Tensor) -> Tensor:
        """Return `nodes x (heads * out_channels)`, or `nodes x out_channels` without `concat`."""
        source, target, void = ends(edges, len(x), loops=self.add_self_loops)
        nodes = self.linear(x).view(len(x), self.heads, self.out_channels)
        given, asked = (nodes * self.att_src).sum(-1), (nodes * self.att_dst).sum(-1)
        scores = given.index_select(0, source) + asked.index_select(0, target)
        scores = functional.leaky_relu(scores, self.negative_slope)
        weights = softmax_at(scores.masked_fill(void[:, None], float("-inf")), target, len(x))
        weights = functional.dropout(weights, self.dropout, self.training)
        result = add_at(nodes.index_select(0, source) * weights[..., None], target, len(x))
        result = result.flatten(1) if self.concat else result.mean(1)
        return result if self.offset is None else result + self.offset


class GATv2Conv(nn.Module):
    """Graph attention whose order of sources depends on who asks (Brody et al. 2022).

    `share_weights` gives sources and targets one linear map; `dropout` sets attention weights to 0
    while training.
    """

    def __init__(  # noqa: PLR0913 (the settings of the layer)
        self,
        in_channels: int,
        out_channels: int,
        heads: int = 1,
        *,
        concat: bool = True,
        negative_slope: float = 0.2,
        dropout: float = 0.0,
        add_self_loops: bool = True,
        bias: bool = True,
        share_weights: bool = False,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels, self.heads = in_channels, out_channels, heads
        self.concat, self.negative_slope, self.dropout = concat, negative_slope, dropout
        self.add_self_loops, self.bias, self.share_weights = add_self_loops, bias, share_weights
        width = heads * out_channels
        self.source = nn.Linear(in_channels, width, bias=bias)
        self.target = self.source if share_weights else nn.Linear(in_channels, width, bias=bias)
        self.att = nn.Parameter(torch.empty(heads, out_channels))
        for weight in (self.source.weight, self.target.weight, self.att):
            nn.init.xavier_uniform_(weight)
        width = out_channels * (heads if concat else 1)
        self.offset = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x: Tensor, edges: Tensor) -> Tensor:
        """Return `nodes x (heads * out_channels)`, or `nodes x out_channels` without `concat`."""
        source, target, void = ends(edges, len(x), loops=self.add_self_loops)
        sizes = (len(x), self.heads, self.out_channels)
        told = self.source(x).view(sizes).index_select(0, source)
        asked = self.target(x).view(sizes).index_select(0, target)
        both = functional.leaky_relu(told + asked, self.negative_slope)
        scores = (both * self.att).sum(-1).masked_fill(void[:, None], float("-inf"))
        weights = softmax_at(scores, target, len(x))
        weights = functional.dropout(weights, self.dropout, self.training)
        result = add_at(told * weights[..., None], target, len(x))
        result = result.flatten(1) if self.concat else result.mean(1)
        return result if self.offset is None else result + self.offset

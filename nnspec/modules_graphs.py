"""PyTorch modules for graphs: sums along edges, edges left out, nodes pooled to one row each graph.

The batch axis of features holds the nodes, that of edges (`edges x 2`, int64: source, target) the
edges; an edge that is written twice counts twice. Results are the same from run to run on a CPU,
and every size but that of `DropEdge` and of pooling is known before the values are. Weights are
drawn as PyTorch Geometric draws them.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


def add_at(messages: Tensor, place: Tensor, count: int) -> Tensor:
    """Return `count` rows: at each place the sum of its messages, 0 where there are none."""
    return messages.new_zeros((count, *messages.shape[1:])).index_add(0, place, messages)


def largest_at(messages: Tensor, place: Tensor, count: int) -> Tensor:
    """Return `count` rows: at each place the largest of its messages, 0 where there are none."""
    places = place.view(-1, *([1] * (messages.dim() - 1))).expand_as(messages)
    start = messages.new_zeros((count, *messages.shape[1:]))
    return start.scatter_reduce(0, places, messages, "amax", include_self=False)


def mean_at(messages: Tensor, place: Tensor, count: int) -> Tensor:
    """Return `count` rows: at each place the mean of its messages, 0 where there are none."""
    numbers = add_at(messages.new_ones(len(messages)), place, count).clamp(min=1)
    return add_at(messages, place, count) / numbers[:, None]


def with_loops(edges: Tensor, nodes: int) -> tuple[Tensor, Tensor]:
    """Return sources and targets of all edges, then of an edge from each node to itself."""
    loops = torch.arange(nodes, device=edges.device)
    return torch.cat((edges[:, 0], loops)), torch.cat((edges[:, 1], loops))


class GCNConv(nn.Module):
    """Graph convolution, symmetrically normalised (Kipf & Welling 2017).

    Each node becomes the weighted sum of its sources and itself, after one linear map. `improved`
    gives a node the weight 2 in its own sum. A node that has an edge to itself gets no second one.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        improved: bool = False,
        add_self_loops: bool = True,
        normalize: bool = True,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.improved, self.add_self_loops, self.normalize = improved, add_self_loops, normalize
        self.bias = bias
        self.linear = nn.Linear(in_channels, out_channels, bias=False)
        nn.init.xavier_uniform_(self.linear.weight)
        self.offset = nn.Parameter(torch.zeros(out_channels)) if bias else None

    def forward(self, x: Tensor, edges: Tensor, edge_weight: Tensor | None = None) -> Tensor:
        """Return `nodes x out_channels`; `edge_weight` holds one number for each edge."""
        weight = x.new_ones(len(edges)) if edge_weight is None else edge_weight
        source, target = edges[:, 0], edges[:, 1]
        if self.normalize and self.add_self_loops:
            present = add_at((source == target).to(x.dtype), target, len(x)) > 0
            source, target = with_loops(edges, len(x))
            own = present.logical_not().to(x.dtype) * (2.0 if self.improved else 1.0)
            weight = torch.cat((weight, own))
        if self.normalize:
            weight = self._normalized(weight, source, target, len(x))
        messages = self.linear(x).index_select(0, source) * weight[:, None]
        result = add_at(messages, target, len(x))
        return result if self.offset is None else result + self.offset

    @staticmethod
    def _normalized(weight: Tensor, source: Tensor, target: Tensor, nodes: int) -> Tensor:
        """Divide by the roots of the degrees of both ends; a degree of 0 or less gives 0."""
        degree = add_at(weight, target, nodes)
        root = degree.clamp(min=torch.finfo(degree.dtype).tiny).rsqrt()
        root = torch.where(degree > 0, root, 0.0)
        return root.index_select(0, source) * weight * root.index_select(0, target)


class SAGEConv(nn.Module):
    """GraphSAGE: a map of what the sources tell, plus one of the node itself (Hamilton 2017)."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        aggr: str = "mean",
        *,
        normalize: bool = False,
        root_weight: bool = True,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels, self.aggr = in_channels, out_channels, aggr
        self.normalize, self.root_weight, self.bias = normalize, root_weight, bias
        self.neighbours = nn.Linear(in_channels, out_channels, bias=False)
        self.offset = nn.Parameter(torch.empty(out_channels)) if bias else None
        if self.offset is not None:
            nn.init.uniform_(self.offset, -(in_channels**-0.5), in_channels**-0.5)
        self.root = nn.Linear(in_channels, out_channels, bias=False) if root_weight else None

    def forward(self, x: Tensor, edges: Tensor) -> Tensor:
        """Return `nodes x out_channels`."""
        result = self._told(x, edges)
        if self.offset is not None:
            result = result + self.offset
        if self.root is not None:
            result = result + self.root(x)
        return functional.normalize(result, dim=-1) if self.normalize else result

    def _told(self, x: Tensor, edges: Tensor) -> Tensor:
        """Sums and means may be mapped before they are taken, which is quicker where it narrows."""
        pool = {"mean": mean_at, "sum": add_at, "max": largest_at}[self.aggr]
        early = self.aggr != "max" and self.out_channels < self.in_channels
        x = functional.linear(x, self.neighbours.weight) if early else x
        told = pool(x.index_select(0, edges[:, 0]), edges[:, 1], len(x))
        return told if early else functional.linear(told, self.neighbours.weight)


class GINConv(nn.Module):
    """Graph isomorphism: a small network of the sum of all sources and the node (Xu et al. 2019).

    The node counts `1 + eps` times; `train_eps` learns it.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        hidden_channels: tuple[int, ...] = (),
        *,
        eps: float = 0.0,
        train_eps: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.hidden_channels, self.eps, self.train_eps = hidden_channels, eps, train_eps
        self.bias = bias
        self.learned_eps = nn.Parameter(torch.tensor(eps)) if train_eps else None
        widths = (in_channels, *hidden_channels, out_channels)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Linear(before, after, bias=bias), nn.ReLU()]
        self.network = nn.Sequential(*layers[:-1])

    def forward(self, x: Tensor, edges: Tensor) -> Tensor:
        """Return `nodes x out_channels`."""
        told = add_at(x.index_select(0, edges[:, 0]), edges[:, 1], len(x))
        eps = self.eps if self.learned_eps is None else self.learned_eps
        return self.network(told + (1 + eps) * x)


class DropEdge(nn.Module):
    """Leaves random edges out while training (Rong et al. 2020)."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, edges: Tensor) -> Tensor:
        """Return the edges that are kept, in their order."""
        if not self.training:
            return edges
        return edges[torch.rand(len(edges), device=edges.device) >= self.p]


class GraphPool(nn.Module):
    """One row for each graph, from the rows of its nodes; 0 for a number without nodes."""

    def __init__(self, reduce: str = "mean") -> None:
        super().__init__()
        self.reduce = reduce

    def forward(self, x: Tensor, graph: Tensor | None = None) -> Tensor:
        """Return `graphs x features`; without `graph` all nodes are one graph.

        Args:
            x: `nodes x features`.
            graph: the number of each node's graph, from 0.
        """
        if graph is None:
            graph = torch.zeros(len(x), dtype=torch.long, device=x.device)
            count = 1
        else:  # numbers on the meta device cannot be read: as many as there may be
            count = len(x) if x.is_meta or not len(x) else int(graph.max()) + 1
        return {"mean": mean_at, "sum": add_at, "max": largest_at}[self.reduce](x, graph, count)

"""A selective state space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known, needs_sequence
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Dynamics", also=("mamba", "ssm", "selective_ssm", "s6"))
@dataclass(frozen=True, slots=True)
class StateSpace:
    """Reads a sequence with a memory that chooses what to keep, as Mamba does.

    A position sees itself and those before it (Gu, Dao 2023). Put layer_norm before it and add its
    input to what leaves, as with attention.
    """

    state_size: int = param(
        16, help="How many numbers each channel remembers.", low=1, high=4096, also=("d_state",)
    )
    expand: int = param(2, help="How many channels work inside for each feature.", low=1, high=64)
    kernel_size: int = param(
        4, help="How many positions the short filter sees.", low=1, high=4096, also=("d_conv",)
    )
    rank: int | None = param(
        None,
        help="From how many numbers step sizes are made; null is features / 16.",
        low=1,
        advanced=True,
        also=("dt_rank",),
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_sequence(x) or x

    def _rank(self, x: Shape) -> int:
        return -(-features(x) // 16) if self.rank is None else self.rank

    def _projections(self, x: Shape) -> int:
        """Weights of the linear maps: in, selection, step size and out."""
        width, inner, rank = features(x), self.expand * features(x), self._rank(x)
        return inner * (3 * width + 2 * rank + 2 * self.state_size)

    def parameters(self, x: Shape) -> int:
        inner = self.expand * features(x)
        others = inner * (self.kernel_size + 1) + inner + inner * self.state_size + inner
        return self._projections(x) + others

    def macs(self, x: Shape) -> int:
        inner = self.expand * features(x)
        scan = inner * (3 * self.state_size + 1)
        each = self._projections(x) + inner * self.kernel_size + scan
        return known(x.sizes[0]) * each

    def kept(self, x: Shape) -> int:
        """The states of every position."""
        inner = features(x) * self.expand
        return known(x.sizes[0]) * inner * (12 + 3 * self.state_size)

    def calls(self, x: Shape) -> int:
        """Kernels one after another."""
        return 30

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_dynamics import StateSpace as Module

        return Module(features(x), self.state_size, self.expand, self.kernel_size, self._rank(x))

"""Small networks of which a gate chooses a few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_vectors, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Mixture", also=("moe", "sparse_moe"))
@dataclass(frozen=True, slots=True)
class MixtureOfExperts:
    """Holds several small networks and lets a gate choose a few for each vector.

    On a sequence it chooses for each position. While it trains, a penalty keeps all in use
    (Shazeer et al. 2017, Fedus et al. 2021).
    """

    experts: int = param(help="How many small networks there are.", low=1, also=("num_experts",))
    top_k: int = param(2, help="How many are chosen for each vector.", low=1, also=("k",))
    hidden_size: int = param(64, help="How wide each small network is.", low=1)
    out_features: int | None = param(
        None, help="How many numbers leave; null is as many as enter.", low=1
    )
    balance_weight: float = param(0.01, help="How much uneven use costs; 0 costs nothing.", low=0)

    @property
    def penalizes(self) -> bool:
        """Whether it asks for something beyond the losses."""
        return self.balance_weight > 0

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_vectors(x)
        if fault:
            return fault
        if self.top_k > self.experts:
            return Fault(
                f"cannot choose {self.top_k} of {self.experts} experts",
                f"use top_k: {self.experts} or less",
                setting="top_k",
                fix=("top_k", self.experts),
            )
        return Shape((*x.sizes[:-1], self._numbers(x)))

    def _numbers(self, x: Shape) -> int:
        return features(x) if self.out_features is None else self.out_features

    def _weights(self, x: Shape) -> int:
        return self.experts * self.hidden_size * (features(x) + self._numbers(x))

    def parameters(self, x: Shape) -> int:
        biases = self.experts * (self.hidden_size + self._numbers(x))
        return self._weights(x) + biases + self.experts * features(x)

    def macs(self, x: Shape) -> int:
        return volume(x.sizes[:-1]) * (self._weights(x) + self.experts * features(x))

    def calls(self, x: Shape) -> int:
        """Kernels one after another."""
        return 25 * self.experts

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_mixtures import MixtureOfExperts as Module

        return Module(
            features(x),
            self._numbers(x),
            self.experts,
            self.top_k,
            self.hidden_size,
            self.balance_weight,
        )

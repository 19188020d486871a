"""The restricted Boltzmann machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, features, needs_fixed
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Mixture", also=("rbm", "restricted_boltzmann_machine", "boltzmann"))
@dataclass(frozen=True, slots=True)
class RestrictedBoltzmann:
    """Learns without a target what the data is like; hidden probabilities leave.

    It wants numbers from 0 to 1 and is trained by contrastive divergence (Hinton 2002), which is
    added to the loss as a penalty. With stop_gradient behind it, later layers do not train it.
    """

    hidden_size: int = param(help="How many hidden units there are.", low=1, also=("units",))
    steps: int = param(
        1, help="How many rounds of Gibbs sampling are taken.", low=1, high=1000, also=("k",)
    )
    weight: float = param(1.0, help="How much of the divergence is added to the loss.", low=0)

    @property
    def penalizes(self) -> bool:
        """Whether it asks for something beyond the losses."""
        return self.weight > 0

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_fixed(x)
        if fault is None and len(x) != 1:
            fault = Fault(
                f"needs a vector of features but receives {described(x)}", "put flatten before it"
            )
        return fault or Shape((self.hidden_size,))

    def parameters(self, x: Shape) -> int:
        return self.hidden_size * features(x) + self.hidden_size + features(x)

    def macs(self, x: Shape) -> int:
        return self.hidden_size * features(x)

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_mixtures import RestrictedBoltzmann as Module

        return Module(features(x), self.hidden_size, self.steps, self.weight)

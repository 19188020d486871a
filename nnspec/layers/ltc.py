"""The liquid time-constant network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known
from nnspec.sequence_rules import recurrent_shape
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Dynamics", takes=("input", "lengths?"), also=("liquid", "liquid_time_constant"))
@dataclass(frozen=True, slots=True)
class Ltc:
    """Reads a sequence with neurons that leak and excite each other, at a pace the input sets.

    A liquid time-constant network with the fused solver (Hasani et al. 2021). With a second input,
    how many positions are real, last means the last real one.
    """

    hidden_size: int = param(
        help="How many neurons there are.", low=1, also=("units", "hidden_dim")
    )
    output: Literal["last", "sequence"] = param(
        "last",
        help="Whether the state after the last position leaves, or that after each.",
        also=("return_sequences",),
    )
    unfolds: int = param(
        6,
        help="How many steps of the solver each position takes.",
        low=1,
        high=1000,
        advanced=True,
        also=("ode_unfolds",),
    )

    def shape(self, x: Shape, lengths: Shape | None = None) -> Shape | Fault:
        return recurrent_shape(x, lengths, self.hidden_size, self.output)

    def _synapses(self, x: Shape) -> int:
        return (features(x) + self.hidden_size) * self.hidden_size

    def parameters(self, x: Shape, lengths: Shape | None = None) -> int:
        return 4 * self._synapses(x) + 3 * self.hidden_size + 2 * features(x)

    def macs(self, x: Shape, lengths: Shape | None = None) -> int:
        sensed = features(x) * self.hidden_size
        own = self.unfolds * self.hidden_size**2
        return 3 * known(x.sizes[0]) * (sensed + own)

    def kept(self, x: Shape, lengths: Shape | None = None) -> int:
        """What every synapse lets through at every step of the solver."""
        sensed = features(x) * self.hidden_size
        own = self.unfolds * self.hidden_size**2
        return 3 * known(x.sizes[0]) * (sensed + own)

    def calls(self, x: Shape, lengths: Shape | None = None) -> int:
        """Kernels one after another."""
        return 35 * self.unfolds * known(x.sizes[0])

    def build(self, x: Shape, lengths: Shape | None = None) -> nn.Module:
        from nnspec.modules_dynamics import Ltc as Module

        return Module(features(x), self.hidden_size, self.unfolds, last=self.output == "last")

"""The closed-form continuous-time network."""

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


@kind("Dynamics", takes=("input", "lengths?"), also=("closed_form_continuous",))
@dataclass(frozen=True, slots=True)
class Cfc:
    """Reads a sequence with cells that slide between two states by a gate of time.

    A liquid network whose differential equation is solved in closed form (Hasani et al. 2022).
    With a second input, how many positions are real, last means the last real one.
    """

    hidden_size: int = param(
        help="How many numbers it remembers.", low=1, also=("units", "hidden_dim")
    )
    output: Literal["last", "sequence"] = param(
        "last",
        help="Whether the state after the last position leaves, or that after each.",
        also=("return_sequences",),
    )
    backbone_units: int = param(128, help="How wide the network inside a cell is.", low=1)
    backbone_layers: int = param(
        1, help="How many layers the network inside a cell has.", low=1, high=100
    )

    def shape(self, x: Shape, lengths: Shape | None = None) -> Shape | Fault:
        return recurrent_shape(x, lengths, self.hidden_size, self.output)

    def _weights(self, x: Shape) -> int:
        units = self.backbone_units
        backbone = units * (features(x) + self.hidden_size) + (self.backbone_layers - 1) * units**2
        return backbone + 4 * units * self.hidden_size

    def parameters(self, x: Shape, lengths: Shape | None = None) -> int:
        biases = self.backbone_layers * self.backbone_units + 4 * self.hidden_size
        return self._weights(x) + biases

    def macs(self, x: Shape, lengths: Shape | None = None) -> int:
        return known(x.sizes[0]) * self._weights(x)

    def kept(self, x: Shape, lengths: Shape | None = None) -> int:
        """The backbone and the gates of every position."""
        backbone = 2 * self.backbone_units * self.backbone_layers
        return known(x.sizes[0]) * (backbone + 8 * self.hidden_size)

    def calls(self, x: Shape, lengths: Shape | None = None) -> int:
        """Kernels one after another."""
        return 45 * known(x.sizes[0])

    def build(self, x: Shape, lengths: Shape | None = None) -> nn.Module:
        from nnspec.modules_dynamics import Cfc as Module

        return Module(
            features(x),
            self.hidden_size,
            self.backbone_units,
            self.backbone_layers,
            last=self.output == "last",
        )

"""The plain recurrent network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known
from nnspec.sequence_rules import recurrent_shape
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence", takes=("input", "lengths?"), also=("simple_rnn", "elman"))
@dataclass(frozen=True, slots=True)
class Rnn:
    """Reads a sequence step by step with a simple memory.

    With a second input, how many positions are real, the rest is passed over as padding.
    """

    keeps: ClassVar[Keeps] = "nothing"

    hidden_size: int = param(
        help="How many numbers it remembers.", low=1, also=("units", "hidden_dim")
    )
    num_layers: int = param(1, help="How many stand one above the other.", low=1, high=100)
    output: Literal["last", "sequence"] = param(
        "last",
        help="Whether the state after the last position leaves, or that after each.",
        also=("return_sequences",),
    )
    bidirectional: bool = param(False, help="Whether it reads from both ends.")
    dropout: float = param(
        0.0, low=0, below=1, help="The share set to 0 between layers while training."
    )
    bias: bool = param(True, help="Whether learned numbers are added.", advanced=True)
    nonlinearity: Literal["tanh", "relu"] = param(
        "tanh", help="The function applied at each step.", advanced=True
    )

    def shape(self, x: Shape, lengths: Shape | None = None) -> Shape | Fault:
        numbers = self.hidden_size * (1 + self.bidirectional)
        return recurrent_shape(x, lengths, numbers, self.output)

    def _weights(self, x: Shape) -> int:
        directions = 1 + self.bidirectional
        first = features(x) + self.hidden_size
        further = self.hidden_size * directions + self.hidden_size
        layers = first + (self.num_layers - 1) * further
        return self.hidden_size * directions * layers

    def parameters(self, x: Shape, lengths: Shape | None = None) -> int:
        directions = 1 + self.bidirectional
        biases = 2 * self.hidden_size * directions * self.num_layers
        return self._weights(x) + self.bias * biases

    def macs(self, x: Shape, lengths: Shape | None = None) -> int:
        return self._weights(x) * known(x.sizes[0])

    def kept(self, x: Shape, lengths: Shape | None = None) -> int:
        """The states of every position."""
        directions = self.num_layers * (1 + self.bidirectional)
        return 2 * known(x.sizes[0]) * self.hidden_size * directions

    def calls(self, x: Shape, lengths: Shape | None = None) -> int:
        """Kernels one after another."""
        return 15 * known(x.sizes[0]) * self.num_layers * (1 + self.bidirectional)

    def build(self, x: Shape, lengths: Shape | None = None) -> nn.Module:
        from nnspec.modules_sequences import Rnn as Module

        return Module(
            features(x),
            self.hidden_size,
            num_layers=self.num_layers,
            nonlinearity=self.nonlinearity,
            bias=self.bias,
            dropout=self.dropout if self.num_layers > 1 else 0.0,
            bidirectional=self.bidirectional,
            last=self.output == "last",
        )

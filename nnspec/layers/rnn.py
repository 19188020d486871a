"""The plain recurrent network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known, needs_sequence
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence", also=("simple_rnn", "elman"))
@dataclass(frozen=True, slots=True)
class Rnn:
    """Reads a sequence step by step with a simple memory."""

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

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_sequence(x)
        if fault:
            return fault
        numbers = self.hidden_size * (1 + self.bidirectional)
        return Shape((numbers,) if self.output == "last" else (x.sizes[0], numbers))

    def _weights(self, x: Shape) -> int:
        directions = 1 + self.bidirectional
        first = features(x) + self.hidden_size
        further = self.hidden_size * directions + self.hidden_size
        layers = first + (self.num_layers - 1) * further
        return self.hidden_size * directions * layers

    def parameters(self, x: Shape) -> int:
        directions = 1 + self.bidirectional
        biases = 2 * self.hidden_size * directions * self.num_layers
        return self._weights(x) + self.bias * biases

    def macs(self, x: Shape) -> int:
        return self._weights(x) * known(x.sizes[0])

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules import Rnn as Module

        module = Module(
            features(x),
            self.hidden_size,
            num_layers=self.num_layers,
            nonlinearity=self.nonlinearity,
            bias=self.bias,
            batch_first=True,
            dropout=self.dropout if self.num_layers > 1 else 0.0,
            bidirectional=self.bidirectional,
        )
        module.last = self.output == "last"
        return module

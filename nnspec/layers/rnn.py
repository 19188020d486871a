"""The plain recurrent layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.recurrent import Recurrence, one_tensor
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Recurrent", also=("simple_rnn", "elman"))
@dataclass(frozen=True, slots=True)
class RNN:
    """Reads a sequence step by step with a plain state, best for short sequences."""

    hidden_size: int = param(help="How many numbers the state has.", low=1, also=("units",))
    num_layers: int = param(1, help="How many such layers are stacked.", low=1)
    bidirectional: bool = param(False, help="Reads the sequence backwards too.")
    dropout: float = param(
        0.0, help="Share of numbers set to zero between stacked layers.", low=0, below=1
    )
    bias: bool = param(True, help="Adds learned numbers inside every cell.", advanced=True)
    output: Literal["last", "sequence"] = param(
        "last", help="What leaves: the state at the end, or the states of all steps."
    )
    nonlinearity: Literal["tanh", "relu"] = param(
        "tanh", help="The function that bends every new state.", advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        return self._recurrence().shape(x)

    def parameters(self, x: Shape) -> int:
        return self._recurrence().parameters(x)

    def macs(self, x: Shape) -> int:
        return self._recurrence().macs(x)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        cells = nn.RNN(
            int(x.sizes[1]),
            self.hidden_size,
            self.num_layers,
            bias=self.bias,
            batch_first=True,
            dropout=self.dropout,
            bidirectional=self.bidirectional,
            nonlinearity=self.nonlinearity,
        )
        return one_tensor(cells, self.output)

    def _recurrence(self) -> Recurrence:
        return Recurrence(
            1,
            self.hidden_size,
            self.num_layers,
            self.bidirectional,
            self.dropout,
            self.bias,
            self.output,
        )

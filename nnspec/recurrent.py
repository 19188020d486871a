"""What lstm, gru and rnn share: their shape, their counts and the one tensor that leaves them.

The three differ only in the number of gates of a cell (4, 3 and 1): every gate has one weight for
each input and each state, and two biases, as in PyTorch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.inputs import sequence
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import Tensor, nn

Output = Literal["last", "sequence"]


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The size of a recurrent layer.

    Attributes:
        gates: weighted sums in one cell: 4 for an LSTM, 3 for a GRU, 1 for a plain cell.
    """

    gates: int
    hidden_size: int
    num_layers: int
    bidirectional: bool
    dropout: float
    bias: bool
    output: Output

    @property
    def directions(self) -> int:
        """How often the sequence is read."""
        return 1 + self.bidirectional

    def shape(self, x: Shape) -> Shape | Fault:
        """The shape that leaves for a sequence `length x features`."""
        if self.dropout > 0 and self.num_layers == 1:
            return Fault(
                "dropout acts between the layers, and there is only one",
                "set dropout: 0, or num_layers: 2 or more",
                code="setting.conflict",
                setting="dropout",
                fix=("dropout", 0),
            )
        given = sequence(x)
        if isinstance(given, Fault):
            return given
        width = self.hidden_size * self.directions
        return Shape((width,) if self.output == "last" else (x.sizes[0], width))

    def parameters(self, x: Shape) -> int:
        """Weights and, with bias, two numbers for each gate and direction of every layer."""
        rows = self.gates * self.hidden_size * self.directions * self.num_layers
        return self._weights(x) + 2 * rows * self.bias

    def macs(self, x: Shape) -> int:
        """Every weight is used once at every step; a length that varies counts as one step."""
        return self._weights(x) * (x.sizes[0] if isinstance(x.sizes[0], int) else 1)

    def _weights(self, x: Shape) -> int:
        rows = self.gates * self.hidden_size * self.directions
        deeper = self.hidden_size * self.directions
        inputs = int(x.sizes[1]) + deeper * (self.num_layers - 1)
        return rows * (inputs + self.num_layers * self.hidden_size)


def one_tensor(cells: nn.RNNBase, output: Output) -> nn.Module:
    """Wrap PyTorch's module so that one tensor leaves it: all steps, or the last layer's end.

    At the end of a bidirectional layer stand the final states of both directions: the forward one
    has read the sequence to its end, the backward one to its start.
    """
    import torch
    from torch import nn

    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cells = cells

        def forward(self, x: Tensor) -> Tensor:
            steps: Tensor
            state: Tensor | tuple[Tensor, Tensor]
            steps, state = self.cells(x)
            if output == "sequence":
                return steps
            final = state[0] if isinstance(state, tuple) else state
            if self.cells.bidirectional:
                return torch.cat((final[-2], final[-1]), dim=-1)
            return final[-1]

    return Recurrent()

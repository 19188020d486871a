"""One layer of a Transformer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known, must_divide
from nnspec.sequence_rules import attention_macs, needs_padded
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind(
    "Attention",
    takes=("input", "lengths?"),
    also=("transformer", "transformer_encoder", "transformer_block"),
)
@dataclass(frozen=True, slots=True)
class TransformerEncoderLayer:
    """Self-attention and a small network for each position, with normalisation and shortcuts.

    A second input tells how many positions are real; the rest is not looked at.
    """

    keeps: ClassVar[Keeps] = "nothing"

    nhead: int = param(
        help="How many ways of looking are learned.", low=1, also=("num_heads", "heads")
    )
    dim_feedforward: int = param(2048, help="How wide the small network is.", low=1)
    dropout: float = param(0.1, low=0, below=1, help="The share set to 0 while training.")
    activation: Literal["relu", "gelu"] = param("relu", help="What bends the small network.")
    norm_first: bool = param(
        False, help="Whether it normalises before rather than after.", advanced=True
    )
    causal: bool = param(False, help="Whether a position sees only those before it and itself.")

    def shape(self, x: Shape, lengths: Shape | None = None) -> Shape | Fault:
        fault = needs_padded(x, lengths)
        return fault or must_divide("nhead", self.nhead, features(x), "features") or x

    def parameters(self, x: Shape, lengths: Shape | None = None) -> int:
        width, inner = features(x), self.dim_feedforward
        attention = 4 * width * (width + 1)
        network = inner * (width + 1) + width * (inner + 1)
        return attention + network + 4 * width

    def macs(self, x: Shape, lengths: Shape | None = None) -> int:
        length, width = known(x.sizes[0]), features(x)
        attention = 4 * length * width**2 + attention_macs(x, x, width)
        return attention + 2 * length * width * self.dim_feedforward + 2 * length * width

    def kept(self, x: Shape, lengths: Shape | None = None) -> int:
        """Attention and network inside; with dropout also who looks at whom."""
        length, width, inner = known(x.sizes[0]), features(x), self.dim_feedforward
        if not self.dropout:
            return length * (9 * width + inner)
        return length * (13 * width + 3 * inner + 3 * self.nhead * length)

    def calls(self, x: Shape, lengths: Shape | None = None) -> int:
        """Kernels one after another."""
        return 24

    def build(self, x: Shape, lengths: Shape | None = None) -> nn.Module:
        from nnspec.modules_attention import EncoderLayer

        return EncoderLayer(
            features(x),
            self.nhead,
            self.dim_feedforward,
            dropout_p=self.dropout,
            nonlinearity=self.activation,
            norm_first=self.norm_first,
            causal=self.causal,
        )

"""Self-attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known, must_divide, needs_sequence
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence", also=("attention", "self_attention", "mha"))
@dataclass(frozen=True, slots=True)
class MultiHeadAttention:
    """Lets every position of a sequence look at all others."""

    num_heads: int = param(help="How many ways of looking are learned.", low=1, also=("heads",))
    dropout: float = param(0.0, low=0, below=1, help="The share of looks set to 0 while training.")
    causal: bool = param(False, help="Whether a position sees only those before it.")
    bias: bool = param(True, help="Whether learned numbers are added.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_sequence(x)
        return fault or must_divide("num_heads", self.num_heads, features(x), "features") or x

    def parameters(self, x: Shape) -> int:
        return 4 * features(x) * (features(x) + self.bias)

    def macs(self, x: Shape) -> int:
        length = known(x.sizes[0])
        return 4 * length * features(x) ** 2 + 2 * length**2 * features(x)

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules import SelfAttention

        module = SelfAttention(
            features(x), self.num_heads, dropout=self.dropout, bias=self.bias, batch_first=True
        )
        module.causal = self.causal
        return module

"""Self-attention, the heart of every transformer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.inputs import sequence
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


MOST_HEADS = 64
"""Hints name no more heads than anyone uses."""


@kind("Attention", also=("self_attention", "attention", "mha", "MultiheadAttention"))
@dataclass(frozen=True, slots=True)
class MultiHeadAttention:
    """Lets every step of a sequence look at all others, in several ways at once."""

    num_heads: int = param(
        help="In how many ways steps look at each other; has to divide the features.",
        low=1,
        also=("heads",),
    )
    dropout: float = param(
        0.0, help="Share of the looks left out at random while training.", low=0, below=1
    )
    bias: bool = param(True, help="Adds learned numbers to every projection.", advanced=True)
    causal: bool = param(False, help="Hides from every step those that come after it.")

    def shape(self, x: Shape) -> Shape | Fault:
        given = sequence(x)
        if isinstance(given, Fault) or int(x.sizes[1]) % self.num_heads == 0:
            return given
        features = int(x.sizes[1])
        heads = [n for n in range(1, min(features, MOST_HEADS) + 1) if features % n == 0]
        return Fault(
            f"{features} features cannot be shared out among {self.num_heads} heads",
            f"numbers of heads that divide {features}: {', '.join(map(str, heads))}",
            fix=("num_heads", min(heads, key=lambda n: abs(n - self.num_heads))),
        )

    def parameters(self, x: Shape) -> int:
        features = int(x.sizes[1])
        return 4 * features * (features + self.bias)

    def macs(self, x: Shape) -> int:
        length = x.sizes[0] if isinstance(x.sizes[0], int) else 1
        features = int(x.sizes[1])
        return 4 * length * features**2 + 2 * length**2 * features

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        causal = self.causal

        class SelfAttention(nn.Module):
            def __init__(self, heads: nn.MultiheadAttention) -> None:
                super().__init__()
                self.heads = heads

            def forward(self, x: Tensor) -> Tensor:
                mask = _later(x) if causal else None
                return self.heads(x, x, x, need_weights=False, attn_mask=mask, is_causal=causal)[0]

        return SelfAttention(
            nn.MultiheadAttention(
                int(x.sizes[1]),
                self.num_heads,
                dropout=self.dropout,
                bias=self.bias,
                batch_first=True,
            )
        )


def _later(x: Tensor) -> Tensor:
    """Return `-inf` where a step would look at one that comes after it, else 0."""
    from torch import nn

    return nn.Transformer.generate_square_subsequent_mask(
        x.shape[1], device=x.device, dtype=x.dtype
    )

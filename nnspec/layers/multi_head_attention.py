"""Attention to oneself or to a memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known, must_divide, needs_sequence
from nnspec.sequence_rules import attention_macs, needs_lengths, needs_memory, needs_pairs
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind(
    "Attention",
    takes=("query", "memory?", "lengths?"),
    also=("attention", "self_attention", "cross_attention", "mha"),
)
@dataclass(frozen=True, slots=True)
class MultiHeadAttention:
    """Lets every position of a sequence look at all others, or at a second sequence.

    With one input it looks at itself, with two at the second, its memory. A third tells how many
    positions of the memory are real; the rest is not looked at.
    """

    num_heads: int = param(help="How many ways of looking are learned.", low=1, also=("heads",))
    dropout: float = param(0.0, low=0, below=1, help="The share of looks set to 0 while training.")
    causal: bool = param(False, help="Whether a position sees only those before it and itself.")
    rotary: bool = param(
        False, help="Whether looks depend on the distance of positions.", also=("rope",)
    )
    bias: bool = param(True, help="Whether learned numbers are added.", advanced=True)

    def shape(
        self, query: Shape, memory: Shape | None = None, lengths: Shape | None = None
    ) -> Shape | Fault:
        fault = (
            needs_sequence(query)
            or (needs_memory(memory) if memory is not None else None)
            or needs_lengths(lengths)
            or must_divide("num_heads", self.num_heads, features(query), "features")
        )
        if fault is None and self.rotary:
            fault = needs_pairs(features(query) // self.num_heads, "a head")
        return fault or query

    def parameters(
        self, query: Shape, memory: Shape | None = None, lengths: Shape | None = None
    ) -> int:
        width = features(query)
        seen = features(memory) if memory is not None else width
        return 2 * width * (width + seen) + 4 * width * self.bias

    def macs(self, query: Shape, memory: Shape | None = None, lengths: Shape | None = None) -> int:
        width = features(query)
        memory = query if memory is None else memory
        own = 2 * known(query.sizes[0]) * width * width
        seen = 2 * known(memory.sizes[0]) * features(memory) * width
        return own + seen + attention_macs(query, memory, width)

    def kept(self, query: Shape, memory: Shape | None = None, lengths: Shape | None = None) -> int:
        """Queries, keys, values; with dropout also who looks at whom."""
        memory = query if memory is None else memory
        own, seen = known(query.sizes[0]), known(memory.sizes[0])
        looks = 3 * self.num_heads * own * seen if self.dropout else 0
        return (2 * own + 2 * seen) * features(query) + looks

    def calls(self, query: Shape, memory: Shape | None = None, lengths: Shape | None = None) -> int:
        """Kernels one after another."""
        return 12

    def build(
        self, query: Shape, memory: Shape | None = None, lengths: Shape | None = None
    ) -> nn.Module:
        from nnspec.modules_attention import MultiHeadAttention as Module

        return Module(
            features(query),
            self.num_heads,
            memory_dim=features(memory) if memory is not None else None,
            dropout=self.dropout,
            bias=self.bias,
            causal=self.causal,
            rotary=self.rotary,
        )

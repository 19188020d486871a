"""Attention without weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known, needs_sequence
from nnspec.sequence_rules import needs_lengths, needs_memory, needs_same_features
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind(
    "Attention",
    takes=("query", "key", "value", "lengths?"),
    also=("dot_product_attention", "sdpa"),
)
@dataclass(frozen=True, slots=True)
class ScaledDotProductAttention:
    """Gives each query the mean of the values whose keys are like it; learns nothing.

    A fourth input tells how many keys are real; the rest is not looked at.
    """

    causal: bool = param(False, help="Whether a position sees only those before it and itself.")
    dropout: float = param(0.0, low=0, below=1, help="The share of looks set to 0 while training.")

    def shape(
        self, query: Shape, key: Shape, value: Shape, lengths: Shape | None = None
    ) -> Shape | Fault:
        fault = (
            needs_sequence(query)
            or needs_memory(key)
            or needs_memory(value)
            or needs_lengths(lengths)
            or needs_same_features(query, key, "keys")
        )
        if fault:
            return fault
        if key.sizes[0] != value.sizes[0]:
            return Fault(
                f"needs a value for each key but receives {key.sizes[0]} keys and "
                f"{value.sizes[0]} values",
                "take keys and values from the same sequence",
            )
        return Shape((query.sizes[0], value.sizes[1]))

    def parameters(self, *inputs: Shape) -> int:
        return 0

    def macs(self, query: Shape, key: Shape, value: Shape, lengths: Shape | None = None) -> int:
        looks = known(query.sizes[0]) * known(key.sizes[0])
        return looks * (features(query) + features(value))

    def build(self, *inputs: Shape) -> nn.Module:
        from nnspec.modules_attention import ScaledDotProductAttention as Module

        return Module(causal=self.causal, dropout=self.dropout)

"""From tokens to vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Embedding", also=("embed", "lookup_table"))
@dataclass(frozen=True, slots=True)
class Embedding:
    """Looks up a learned vector for every token."""

    embedding_dim: int = param(
        help="How many numbers stand for a token.", low=1, also=("output_dim",)
    )
    num_embeddings: int = param(
        help="How many different tokens there are.", low=1, also=("input_dim", "vocab_size")
    )
    padding_idx: int | None = param(
        None, help="The token that only fills up and learns nothing.", low=0, advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        if x.dtype != "int":
            return Fault(
                f"real numbers ({x}) cannot be looked up, only tokens can",
                "give it tokens, or use linear for numbers",
            )
        if self.padding_idx is not None and self.padding_idx >= self.num_embeddings:
            last = self.num_embeddings - 1
            return Fault(
                f"there is no token {self.padding_idx}: the last one is {last}",
                f"set padding_idx to {last} or less",
                code="value.range",
                setting="padding_idx",
            )
        return Shape((*x.sizes, self.embedding_dim))

    def parameters(self, x: Shape) -> int:
        return self.num_embeddings * self.embedding_dim

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Embedding(self.num_embeddings, self.embedding_dim, self.padding_idx)

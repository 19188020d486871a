"""A learned vector for each token or class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence")
@dataclass(frozen=True, slots=True)
class Embedding:
    """Turns whole numbers (tokens, classes) into learned vectors."""

    num_embeddings: int = param(
        help="How many different tokens there are.", low=1, also=("vocab_size", "input_dim")
    )
    embedding_dim: int = param(
        64, help="How many numbers stand for each.", low=1, also=("output_dim",)
    )
    padding_idx: int | None = param(
        None, help="The token that fills up short texts; it stays 0.", low=0, advanced=True
    )

    def shape(self, x: Shape) -> Shape | Fault:
        if x.dtype != "int":
            return Fault(
                f"needs whole numbers (tokens, classes) but receives {described(x)}",
                "use linear for real numbers",
            )
        if self.padding_idx is not None and self.padding_idx >= self.num_embeddings:
            return Fault(
                f"has no token {self.padding_idx} among {self.num_embeddings}",
                "use a smaller padding_idx",
                setting="padding_idx",
            )
        if x.count is not None and self.num_embeddings < x.count:
            return Fault(
                f"has vectors for {self.num_embeddings:,} tokens but receives {x.count:,}",
                f"write num_embeddings: {x.count}, or lower the vocabulary of the column",
                setting="num_embeddings",
                fix=("num_embeddings", x.count),
            )
        return Shape((*x.sizes, self.embedding_dim))

    def rows(self, x: Shape) -> int:
        """The first axis of the weights, for layers that wrap it."""
        return self.num_embeddings

    def parameters(self, x: Shape) -> int:
        return self.num_embeddings * self.embedding_dim

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Embedding(self.num_embeddings, self.embedding_dim, self.padding_idx)

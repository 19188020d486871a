"""Attention whose scores a small network gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known, needs_vectors, volume
from nnspec.sequence_rules import needs_lengths, needs_memory
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Attention", takes=("query", "memory", "lengths?"), also=("bahdanau", "bahdanau_attention"))
@dataclass(frozen=True, slots=True)
class AdditiveAttention:
    """Gives each query the mean of a memory, weighted by a small network (Bahdanau 2015).

    The query is a sequence or one vector. A third input tells how many positions of the memory are
    real; the rest is not looked at.
    """

    hidden_size: int = param(64, help="How wide the small network is.", low=1, also=("units",))

    def shape(self, query: Shape, memory: Shape, lengths: Shape | None = None) -> Shape | Fault:
        fault = needs_vectors(query) or needs_memory(memory) or needs_lengths(lengths)
        return fault or Shape((*query.sizes[:-1], memory.sizes[1]))

    def parameters(self, query: Shape, memory: Shape, lengths: Shape | None = None) -> int:
        return self.hidden_size * (features(query) + features(memory) + 2)

    def macs(self, query: Shape, memory: Shape, lengths: Shape | None = None) -> int:
        queries, length = volume(query.sizes[:-1]), known(memory.sizes[0])
        projected = (volume(query.sizes) + volume(memory.sizes)) * self.hidden_size
        return projected + queries * length * (self.hidden_size + features(memory))

    def build(self, query: Shape, memory: Shape, lengths: Shape | None = None) -> nn.Module:
        from nnspec.modules_attention import AdditiveAttention as Module

        return Module(features(query), features(memory), self.hidden_size)

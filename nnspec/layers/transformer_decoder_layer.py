"""One layer of a Transformer that looks at a memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known, must_divide, needs_sequence
from nnspec.sequence_rules import attention_macs, needs_lengths, needs_memory, needs_same_features
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Attention", takes=("target", "memory", "lengths?"), also=("transformer_decoder",))
@dataclass(frozen=True, slots=True)
class TransformerDecoderLayer:
    """Self-attention, attention to a memory and a small network, with shortcuts.

    The first input is what is written so far, the second what was read (the memory). A third tells
    how many positions of the memory are real; the rest is not looked at.
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
    causal: bool = param(True, help="Whether a position sees only those before it and itself.")

    def shape(self, target: Shape, memory: Shape, lengths: Shape | None = None) -> Shape | Fault:
        fault = (
            needs_sequence(target)
            or needs_memory(memory)
            or needs_lengths(lengths)
            or needs_same_features(target, memory, "a memory")
        )
        return fault or must_divide("nhead", self.nhead, features(target), "features") or target

    def parameters(self, target: Shape, memory: Shape, lengths: Shape | None = None) -> int:
        width, inner = features(target), self.dim_feedforward
        attention = 2 * 4 * width * (width + 1)
        network = inner * (width + 1) + width * (inner + 1)
        return attention + network + 6 * width

    def macs(self, target: Shape, memory: Shape, lengths: Shape | None = None) -> int:
        length, width = known(target.sizes[0]), features(target)
        own = 4 * length * width**2 + attention_macs(target, target, width)
        seen = 2 * (length + known(memory.sizes[0])) * width**2
        seen += attention_macs(target, memory, width)
        return own + seen + 2 * length * width * self.dim_feedforward + 3 * length * width

    def calls(self, *inputs: Shape) -> int:
        """Kernels one after another."""
        return 40

    def build(self, target: Shape, memory: Shape, lengths: Shape | None = None) -> nn.Module:
        from nnspec.modules_attention import DecoderLayer

        return DecoderLayer(
            features(target),
            self.nhead,
            self.dim_feedforward,
            dropout_p=self.dropout,
            nonlinearity=self.activation,
            norm_first=self.norm_first,
            causal=self.causal,
        )

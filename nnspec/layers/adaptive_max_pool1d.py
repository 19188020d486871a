"""Maximum pooling of sequences to a given length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Weightless, needs_sequence
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling")
@dataclass(frozen=True, slots=True)
class AdaptiveMaxPool1d(Weightless):
    """Keeps the maxima of windows so that a sequence, however long, gets a given length."""

    output_size: int = param(help="The length of the result.", low=1, also=("length",))

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_sequence(x) or Shape((self.output_size, x.sizes[1]))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules import OverLength

        return OverLength(nn.AdaptiveMaxPool1d(self.output_size))

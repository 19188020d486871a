"""Average pooling over everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import Weightless, described, features, needs_features
from nnspec.sequence_rules import needs_padded
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", takes=("input", "lengths?"), also=("avg_global_pooling", "global_avg_pool2d"))
@dataclass(frozen=True, slots=True)
class GlobalAvgPool(Weightless):
    """Takes the mean of each channel of a picture, or of each feature of a sequence.

    With a second input, how many positions of a sequence are real, padding does not count.
    """

    keeps: ClassVar[Keeps] = "nothing"

    def shape(self, x: Shape, lengths: Shape | None = None) -> Shape | Fault:
        fault = needs_features(x) or (needs_padded(x, lengths) if lengths is not None else None)
        if fault:
            return fault
        if len(x) == 1:
            return Fault(
                f"needs a picture or a sequence but receives {described(x)}",
                "remove it: there is nothing to pool",
            )
        return Shape((features(x),))

    def build(self, x: Shape, lengths: Shape | None = None) -> nn.Module:
        from nnspec.modules import Mean
        from nnspec.modules_sequences import MaskedMean

        if lengths is not None:
            return MaskedMean()
        return Mean(tuple(range(2, len(x) + 1)) if len(x) > 2 else (1,))

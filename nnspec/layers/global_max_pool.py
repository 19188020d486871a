"""Maximum pooling over everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.rules import described, features, needs_features
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("max_global_pooling", "global_max_pool2d"))
@dataclass(frozen=True, slots=True)
class GlobalMaxPool:
    """Keeps the largest number of each channel of a picture, or of each feature of a sequence."""

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_features(x)
        if fault:
            return fault
        if len(x) == 1:
            return Fault(
                f"needs a picture or a sequence but receives {described(x)}",
                "remove it: there is nothing to pool",
            )
        return Shape((features(x),))

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules import Maximum

        return Maximum((2, 3) if len(x) == 3 else (1,))

"""One largest value for each channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.arrivals import PICTURE, SEQUENCE, not_a_picture, not_a_sequence
from nnspec.catalog import kind
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


@kind("Pooling", also=("gmp", "global_max_pooling2d", "global_max_pooling1d"))
@dataclass(frozen=True, slots=True)
class GlobalMaxPool:
    """Keeps the largest value of every channel of a picture, or of every feature of a sequence.

    A picture of channels x height x width becomes a vector of channels, a sequence of length x
    features a vector of features.
    """

    def shape(self, x: Shape) -> Shape | Fault:
        if len(x) not in (2, 3):
            return Fault(f"needs {PICTURE} or {SEQUENCE} and is given {x}", "remove it")
        fault = not_a_picture(x) if len(x) == 3 else not_a_sequence(x)
        return fault or Shape((x.sizes[0 if len(x) == 3 else 1],))

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:  # it compares, it does not multiply
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        axes = (2, 3) if len(x) == 3 else (1,)

        class GlobalMax(nn.Module):
            def forward(self, x: Tensor) -> Tensor:
                return x.amax(axes)

        return GlobalMax()

"""From a picture or a sequence to a vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.inputs import count, fixed
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape")
@dataclass(frozen=True, slots=True)
class Flatten:
    """Lays all numbers of a sample out as one vector."""

    def shape(self, x: Shape) -> Shape | Fault:
        if len(x) == 0:
            return Fault("one number has no axes to flatten", "remove this layer")
        if not fixed(x):
            return Fault(
                f"{x} has no fixed size", "let a recurrent layer or a pooling end the sequence"
            )
        return Shape((count(x),), x.dtype)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Flatten()

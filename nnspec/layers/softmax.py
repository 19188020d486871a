"""Numbers to shares of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.inputs import real
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation")
@dataclass(frozen=True, slots=True)
class Softmax:
    """Turns numbers into shares that add up to 1, over the features or a picture's channels."""

    def shape(self, x: Shape) -> Shape | Fault:
        if len(x) == 0:
            return Fault("one number alone has no shares", "give it a vector, or use sigmoid")
        return real(x)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Softmax(dim=1 if len(x) == 3 else -1)

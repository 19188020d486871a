"""The layer that does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("noop", "passthrough"))
@dataclass(frozen=True, slots=True)
class Identity:
    """Hands its input on unchanged, for instance to give a point of the network a name."""

    keeps: ClassVar[Keeps] = "view"

    def shape(self, x: Shape) -> Shape | Fault:
        return x

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Identity()

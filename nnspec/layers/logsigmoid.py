"""The logarithm of the sigmoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.rules import Elementwise, volume
from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("log_sigmoid",))
@dataclass(frozen=True, slots=True)
class Logsigmoid(Elementwise):
    """Gives the logarithm of a probability: log(sigmoid(x))."""

    def kept(self, x: Shape) -> int:
        """The exponentials."""
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.LogSigmoid()

"""Group normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, must_divide, needs_features, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", also=("group_normalization",))
@dataclass(frozen=True, slots=True)
class GroupNorm:
    """Scales groups of channels to mean 0 and deviation 1; independent of the batch."""

    num_groups: int = param(help="Into how many groups the channels are divided.", low=1)
    eps: float = param(1e-5, above=0, help="Keeps the division from 0.", advanced=True)
    affine: bool = param(True, help="Whether scale and shift are learned.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_features(x)
        return fault or must_divide("num_groups", self.num_groups, features(x), "channels") or x

    def parameters(self, x: Shape) -> int:
        return 2 * features(x) if self.affine else 0

    def macs(self, x: Shape) -> int:
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules import SequenceGroupNorm

        make = SequenceGroupNorm if len(x) == 2 else nn.GroupNorm
        return make(self.num_groups, features(x), eps=self.eps, affine=self.affine)

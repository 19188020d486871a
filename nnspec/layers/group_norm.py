"""Group normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, divisor_near, feature_axis, features, needs_features, volume
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
        return needs_features(x) or self._divides(x) or x

    def _divides(self, x: Shape) -> Fault | None:
        """Refuse unequal groups, and groups of a single number, of which only 0 would be left."""
        channels = features(x)
        single = all(size == 1 for axis, size in enumerate(x.sizes) if axis != feature_axis(x))
        most = channels // 2 if single else channels
        if not most:
            return Fault(
                f"makes 0 of single numbers and receives {described(x)}",
                "remove it, or put it behind a layer with more features",
            )
        if channels % self.num_groups == 0 and self.num_groups <= most:
            return None
        near = divisor_near(channels, min(self.num_groups, most))
        return Fault(
            f"cannot divide {channels} channels into {self.num_groups} equal parts"
            + (" of two or more" if single else ""),
            f"use num_groups: {near}",
            setting="num_groups",
            fix=("num_groups", near),
        )

    def parameters(self, x: Shape) -> int:
        return 2 * features(x) if self.affine else 0

    def macs(self, x: Shape) -> int:
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules import SequenceGroupNorm

        make = SequenceGroupNorm if len(x) == 2 else nn.GroupNorm
        return make(self.num_groups, features(x), eps=self.eps, affine=self.affine)

"""Steadies groups of channels of every sample by their own numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.arrivals import count, not_a_picture, not_a_sequence, not_real_numbers
from nnspec.catalog import kind
from nnspec.channels_first import channels_first
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", also=("groupnorm", "gn", "group_normalization", "instance_norm"))
@dataclass(frozen=True, slots=True)
class GroupNorm:
    """Gives groups of channels of every sample mean 0 and deviation 1, whatever the batch.

    Works on the channels of a picture, on the features of a sequence (with its whole length) and on
    a vector. A learned scale and shift follow.
    """

    num_groups: int = param(
        help="Into how many groups the channels are shared.", low=1, also=("groups",)
    )
    eps: float = param(
        1e-5, help="Added to the variance, so that nothing is divided by 0.", above=0
    )
    affine: bool = param(True, help="Learns a scale and a shift for every channel.")

    def shape(self, x: Shape) -> Shape | Fault:
        if fault := _unfit(x):
            return fault
        channels = _channels(x)
        if channels % self.num_groups:
            few = min(self.num_groups, channels)
            near = next(n for n in range(few, 0, -1) if channels % n == 0)
            return Fault(
                f"cannot share {channels} channels evenly among {self.num_groups} groups",
                f"choose a number that divides {channels}, for example {near}",
                setting="num_groups",
            )
        lengths = not all(isinstance(size, int) for size in x.sizes)
        if count(x) == self.num_groups and not lengths:
            return Fault(
                "has groups of a single number, which always become 0",
                "choose fewer groups",
                setting="num_groups",
            )
        return x

    def parameters(self, x: Shape) -> int:
        return 2 * _channels(x) * self.affine

    def macs(self, x: Shape) -> int:
        return count(x)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        norm = nn.GroupNorm(self.num_groups, _channels(x), self.eps, self.affine)
        return channels_first(norm) if len(x) == 2 else norm


def _unfit(x: Shape) -> Fault | None:
    if len(x) == 1 and isinstance(x.sizes[0], int):
        return not_real_numbers(x)
    return not_a_sequence(x) if len(x) == 2 else not_a_picture(x)


def _channels(x: Shape) -> int:
    return int(x.sizes[0] if len(x) == 3 else x.sizes[-1])

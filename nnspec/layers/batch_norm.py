"""Steadies every channel by the numbers of the whole batch."""

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


@kind("Normalization", also=("batchnorm", "bn", "batch_normalization", "batch_norm2d"))
@dataclass(frozen=True, slots=True)
class BatchNorm:
    """Gives every channel of a batch mean 0 and deviation 1, then a learned scale and shift.

    Works on the channels of a picture, on the features of a sequence and on a vector. While
    training it uses the batch, afterwards the running mean and variance it has kept.
    """

    eps: float = param(
        1e-5, help="Added to the variance, so that nothing is divided by 0.", above=0
    )
    momentum: float | None = param(
        0.1,
        help="How much of each batch enters the running mean; null weighs all batches equally.",
        low=0,
        high=1,
    )
    affine: bool = param(True, help="Learns a scale and a shift for every channel.")

    def shape(self, x: Shape) -> Shape | Fault:
        if fault := not_real_numbers(x):
            return fault
        if len(x) == 1 and isinstance(x.sizes[0], int):
            return x
        if len(x) == 2:
            return not_a_sequence(x) or x
        return not_a_picture(x) or x

    def parameters(self, x: Shape) -> int:
        return 2 * _channels(x) * self.affine

    def macs(self, x: Shape) -> int:
        return count(x)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        if len(x) == 3:
            return nn.BatchNorm2d(_channels(x), self.eps, self.momentum, self.affine)
        norm = nn.BatchNorm1d(_channels(x), self.eps, self.momentum, self.affine)
        return channels_first(norm) if len(x) == 2 else norm


def _channels(x: Shape) -> int:
    return int(x.sizes[0] if len(x) == 3 else x.sizes[-1])

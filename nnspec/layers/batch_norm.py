"""Batch normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_features, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind(
    "Normalization",
    also=("batch_norm1d", "batch_norm2d", "batch_norm3d", "batch_normalization", "bn"),
)
@dataclass(frozen=True, slots=True)
class BatchNorm:
    """Scales each feature or channel to mean 0 and deviation 1 over the batch.

    It keeps running statistics for use after training, so it needs batches of two rows or more.
    """

    momentum: float = param(
        0.1, low=0, high=1, help="How quickly the running statistics follow.", advanced=True
    )
    eps: float = param(1e-5, above=0, help="Keeps the division from 0.", advanced=True)
    affine: bool = param(True, help="Whether scale and shift are learned.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_features(x) or x

    def parameters(self, x: Shape) -> int:
        return 2 * features(x) if self.affine else 0

    def macs(self, x: Shape) -> int:
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        from nnspec.modules import SequenceBatchNorm

        makes = (nn.BatchNorm1d, SequenceBatchNorm, nn.BatchNorm2d, nn.BatchNorm3d)
        make = makes[len(x) - 1]
        return make(features(x), eps=self.eps, momentum=self.momentum, affine=self.affine)

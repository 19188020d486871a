"""Each sample brought to one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import needs_vectors, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", also=("z_score", "standardize", "revin"))
@dataclass(frozen=True, slots=True)
class InstanceScale:
    """Brings each sample by itself to mean 0 and deviation 1 over its length.

    Of a vector, a series of single numbers, all numbers are brought to one scale.
    """

    eps: float = param(1e-5, above=0, help="Keeps the division from 0.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_vectors(x) or x

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 2 * volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_sequences import InstanceScale as Module

        return Module(self.eps)

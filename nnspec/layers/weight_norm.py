"""Weight normalisation of another layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.shapes import Fault, Shape, WeightedLayer

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", wraps=True, also=("weight_normalization",))
@dataclass(frozen=True, slots=True)
class WeightNorm:
    """Learns how long each row of a layer's weights is apart from where it points.

    Of Salimans and Kingma (2016): steadier steps, without looking at the other samples of a batch.
    """

    inner: WeightedLayer

    def shape(self, x: Shape) -> Shape | Fault:
        return self.inner.shape(x)

    def parameters(self, x: Shape) -> int:
        return self.inner.parameters(x) + self.inner.rows(x)

    def macs(self, x: Shape) -> int:
        return self.inner.macs(x)

    def build(self, x: Shape) -> nn.Module:
        from torch.nn.utils.parametrizations import weight_norm

        from nnspec.modules import weighted

        built = self.inner.build(x)
        for module in weighted(built):
            weight_norm(module)
        return built

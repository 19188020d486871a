"""Spectral normalisation of another layer's weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.shapes import Fault, Shape, WeightedLayer

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", wraps=True, also=("sn", "spectral_normalization"))
@dataclass(frozen=True, slots=True)
class SpectralNorm:
    """Holds a layer back: no input leaves it stretched by more than 1.

    Its weights are divided by their largest singular value, which is followed by one step of the
    power iteration at each training step. Steadies the critic of a pair of adversaries (Miyato et
    al. 2018).
    """

    inner: WeightedLayer

    def shape(self, x: Shape) -> Shape | Fault:
        return self.inner.shape(x)

    def parameters(self, x: Shape) -> int:
        return self.inner.parameters(x)

    def macs(self, x: Shape) -> int:
        return self.inner.macs(x)

    def build(self, x: Shape) -> nn.Module:
        from torch.nn.utils.parametrizations import spectral_norm

        from nnspec.modules import weighted

        built = self.inner.build(x)
        for module in weighted(built):
            spectral_norm(module)
        return built

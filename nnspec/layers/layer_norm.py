"""Layer normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import described, known, needs_features, needs_fixed, volume
from nnspec.shapes import Fault, Shape, Size

if TYPE_CHECKING:
    from torch import nn


@kind("Normalization", also=("layer_normalization",))
@dataclass(frozen=True, slots=True)
class LayerNorm:
    """Scales each sample to mean 0 and deviation 1: over features, or over a whole picture."""

    eps: float = param(1e-5, above=0, help="Keeps the division from 0.", advanced=True)
    elementwise_affine: bool = param(
        True, help="Whether scale and shift are learned.", advanced=True
    )
    bias: bool = param(True, help="Whether the shift is learned.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_features(x) or (needs_fixed(x) if len(x) > 2 else None)
        if fault:
            return fault
        if volume(_normalized(x)) == 1:
            return Fault(
                f"makes 0 of single numbers and receives {described(x)}",
                "remove it, or put it behind a layer with more features",
            )
        return x

    def parameters(self, x: Shape) -> int:
        learned = int(self.elementwise_affine) * (1 + int(self.bias))
        return learned * volume(_normalized(x))

    def macs(self, x: Shape) -> int:
        return volume(x.sizes)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.LayerNorm(
            [known(size) for size in _normalized(x)],
            eps=self.eps,
            elementwise_affine=self.elementwise_affine,
            bias=self.bias,
        )


def _normalized(x: Shape) -> tuple[Size, ...]:
    return x.sizes if len(x) > 2 else x.sizes[-1:]

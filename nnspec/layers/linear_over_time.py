"""A linear map along the length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, known, needs_sequence, volume
from nnspec.sequence_rules import needs_known_length
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Sequence", also=("dlinear", "temporal_linear", "time_linear"))
@dataclass(frozen=True, slots=True)
class LinearOverTime:
    """Makes every step that leaves a weighted sum of all steps that enter, feature by feature.

    The map of DLinear and NLinear from past to future (Zeng et al. 2023).
    """

    out_length: int | Literal["auto"] = param(
        help="How many steps leave; auto is what the target needs.",
        low=1,
        also=("pred_len", "horizon"),
    )
    individual: bool = param(False, help="Whether each feature has weights of its own.")
    bias: bool = param(True, help="Whether learned numbers are added.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_sequence(x) or needs_known_length(x)
        return fault or Shape((int(self.out_length), features(x)))

    def parameters(self, x: Shape) -> int:
        maps = features(x) if self.individual else 1
        return maps * int(self.out_length) * (known(x.sizes[0]) + self.bias)

    def macs(self, x: Shape) -> int:
        return volume(x.sizes) * int(self.out_length)

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_sequences import LinearOverTime as Module

        return Module(
            known(x.sizes[0]),
            int(self.out_length),
            features(x),
            individual=self.individual,
            bias=self.bias,
        )

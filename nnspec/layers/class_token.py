"""A learned position before a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import described, features, needs_sequence
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Attention", also=("cls_token",))
@dataclass(frozen=True, slots=True)
class ClassToken:
    """Puts a learned position before a sequence, where attention gathers what it is about.

    Read it off again with take_token: first.
    """

    keeps: ClassVar[Keeps] = "nothing"

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_sequence(x)
        if fault:
            return fault
        length = x.sizes[0]
        if not isinstance(length, int):
            return Fault(
                f"changes the length, which is not known of {described(x)}",
                "leave it out and end with global_avg_pool or take_token: last",
            )
        return Shape((length + 1, features(x)))

    def parameters(self, x: Shape) -> int:
        return features(x)

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_sequences import ClassToken as Module

        return Module(features(x))

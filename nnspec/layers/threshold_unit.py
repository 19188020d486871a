"""The unit of the classic perceptron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Elementwise
from nnspec.shapes import Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Activation", also=("heaviside", "step", "sign"))
@dataclass(frozen=True, slots=True)
class ThresholdUnit(Elementwise):
    """Gives 1 above a threshold and 0 (or -1) below; the unit of the classic perceptron.

    A step has no slope to learn by, so the gradient passes as if the step were not there.
    """

    keeps: ClassVar[Keeps] = "nothing"

    threshold: float = param(0.0, help="The number above which the unit fires.")
    bipolar: bool = param(False, help="Whether a silent unit gives -1 instead of 0.")

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_pictures import ThresholdUnit as Module

        return Module(self.threshold, -1.0 if self.bipolar else 0.0)

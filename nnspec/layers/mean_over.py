"""The mean along an axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Weightless, needs_floats, picked_axis
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("reduce_mean", "mean"))
@dataclass(frozen=True, slots=True)
class MeanOver(Weightless):
    """Takes the mean along an axis, which is then gone."""

    keeps: ClassVar[Keeps] = "nothing"

    dim: int | None = param(
        None,
        help="The axis, 0 is the first after the batch; null takes channels of pictures and "
        "features of everything else.",
        low=0,
        also=("axis",),
    )

    def shape(self, x: Shape) -> Shape | Fault:
        axis = needs_floats(x) or picked_axis(self.dim, x)
        if isinstance(axis, Fault):
            return axis
        return Shape((*x.sizes[:axis], *x.sizes[axis + 1 :]))

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules import Mean

        axis = picked_axis(self.dim, x)
        return Mean((1 + (0 if isinstance(axis, Fault) else axis),))

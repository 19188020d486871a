"""Where each point of a picture is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.rules import Weightless, features, needs_picture
from nnspec.shapes import Fault, Keeps, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("coord_conv", "add_coords"))
@dataclass(frozen=True, slots=True)
class Coordinates(Weightless):
    """Adds two channels to a picture: how far down and how far right each point is.

    A convolution behind it (together: CoordConv) can then tell places apart.
    """

    keeps: ClassVar[Keeps] = "nothing"

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_picture(x) or Shape((features(x) + 2, *x.sizes[1:]))

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_axes import Coordinates as Module

        return Module()

"""The joint that keeps all of its inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.applied import applied
from nnspec.catalog import kind
from nnspec.inputs import several
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Combine", many=True, also=("concatenate", "cat", "merge", "join"))
@dataclass(frozen=True, slots=True)
class Concat:
    """Puts its inputs side by side.

    Vectors and sequences are joined along their features, pictures along their channels, unless
    `dim` names another axis of a sample (0 is its first, -1 its last).
    """

    dim: int | None = param(
        None,
        help="The axis of a sample to join along; null is the features, or a picture's channels.",
        low=-3,
        high=2,
        also=("axis",),
    )

    def shape(self, *inputs: Shape) -> Shape | Fault:
        fault = several(inputs, "concat")
        if fault:
            return fault
        first = inputs[0]
        other = next((each for each in inputs if len(each) != len(first)), None)
        if other is not None:
            return Fault(
                f"{first} and {other} have no axes in common", "flatten or pool the larger"
            )
        if not -len(first) <= self._dim(first) < len(first):
            return Fault(f"{first} has no axis {self._dim(first)}", _axes(first), setting="dim")
        return _joined(inputs, self._dim(first) % len(first))

    def parameters(self, *inputs: Shape) -> int:
        return 0

    def macs(self, *inputs: Shape) -> int:
        return 0

    def build(self, *inputs: Shape) -> nn.Module:
        import torch

        axis = 1 + self._dim(inputs[0]) % len(inputs[0])
        return applied(f"dim={axis}", lambda *tensors: torch.cat(tensors, dim=axis))

    def _dim(self, x: Shape) -> int:
        if self.dim is not None:
            return self.dim
        return 0 if len(x) == 3 else -1


def _axes(x: Shape) -> str:
    if len(x) == 0:
        return "join vectors, sequences or pictures"
    return f"the axes are {', '.join(str(axis) for axis in range(len(x)))}"


def _joined(inputs: tuple[Shape, ...], axis: int) -> Shape | Fault:
    first = inputs[0]
    rest = (*first.sizes[:axis], *first.sizes[axis + 1 :])
    for other in inputs[1:]:
        if (*other.sizes[:axis], *other.sizes[axis + 1 :]) != rest:
            hint = (
                "bring the pictures to one height and width first"
                if len(first) == 3 and axis == 0
                else "make all other axes of one size, or join along another axis with dim"
            )
            return Fault(f"{first} and {other} differ in more than the joined axis", hint)
    sizes = [each.sizes[axis] for each in inputs]
    whole = [size for size in sizes if isinstance(size, int)]
    if len(whole) < len(sizes):
        return Fault("the joined axis has no fixed size", "join along the features", setting="dim")
    return Shape((*first.sizes[:axis], sum(whole), *first.sizes[axis + 1 :]))

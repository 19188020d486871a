"""The same numbers in another shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.inputs import count, fixed
from nnspec.params import param
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Shape", also=("view", "unflatten"))
@dataclass(frozen=True, slots=True)
class Reshape:
    """Gives the numbers of a sample other axes, in the order they have.

    The sizes are those of one sample, without the batch: `reshape: [28, 28]` makes a sequence of
    28 steps from a vector of 784 features.
    """

    sizes: tuple[int, ...] = param(
        help="The new sizes of a sample; one may be -1 and is then worked out.",
        low=-1,
        length=(1, 2, 3, 4),
        also=("shape", "target_shape", "unflattened_size"),
    )

    def shape(self, x: Shape) -> Shape | Fault:
        if len(x) == 0 or not fixed(x):
            return Fault(f"{x} has no fixed size to share out", "pool it to a fixed size first")
        if 0 in self.sizes or self.sizes.count(-1) > 1:
            hint = "write sizes of 1 or more, and -1 at most once"
            return Fault(f"{list(self.sizes)} is no shape", hint, "value.range", "sizes")
        known = math.prod(size for size in self.sizes if size != -1)
        free, rest = divmod(count(x), known)
        if rest or (free != 1 and -1 not in self.sizes):
            return Fault(
                f"{list(self.sizes)} does not hold the {count(x)} numbers of {x}",
                f"choose sizes whose product is {count(x)}; one may be -1",
            )
        return Shape(tuple(free if size == -1 else size for size in self.sizes), x.dtype)

    def parameters(self, x: Shape) -> int:
        return 0

    def macs(self, x: Shape) -> int:
        return 0

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Sequential(nn.Flatten(), nn.Unflatten(1, self.sizes))

"""Pooling of pictures by a norm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.filters import Pool
from nnspec.params import param
from nnspec.rules import Weightless, needs_picture
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Pooling", also=("power_pool2d", "norm_pool2d"))
@dataclass(frozen=True, slots=True)
class LpPool2d(Weightless):
    """Takes the Lp norm of each window: between the sum (1) and the maximum (many)."""

    norm_type: float = param(2.0, help="The exponent p.", low=1, high=16, also=("p",))
    kernel_size: int | tuple[int, ...] = param(
        2, help="Height and width of the window.", low=1, length=(2,), also=("pool_size",)
    )
    stride: int | tuple[int, ...] | None = param(
        None,
        help="How far the window moves; null takes the kernel_size.",
        low=1,
        length=(2,),
        also=("strides",),
    )
    ceil_mode: bool = param(
        False, help="Whether a window that reaches over the edge counts.", advanced=True
    )

    def _pool(self) -> Pool:
        return Pool.over(2, self.kernel_size, self.stride, ceil=self.ceil_mode)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x) or self._pool().fits(x, x.sizes[1:])
        return fault or Shape((x.sizes[0], *self._pool().results(x.sizes[1:])))

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_pictures import LpPool2d as Module

        pool = self._pool()
        return Module(self.norm_type, pool.kernel, pool.stride, ceil_mode=self.ceil_mode)

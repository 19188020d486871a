"""A picture as a sequence of patches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import divisor_near, features, known, needs_picture, pair, volume
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Attention", also=("patch_embed", "patchify"))
@dataclass(frozen=True, slots=True)
class PatchEmbedding:
    """Cuts a picture into patches and turns each into a vector, row by row.

    What leaves is a sequence (length x features) for attention, as in a Vision Transformer.
    """

    embed_dim: int = param(help="How many numbers stand for a patch.", low=1, also=("dim",))
    patch_size: int | tuple[int, ...] = param(
        4, help="Height and width of a patch.", low=1, length=(2,)
    )
    bias: bool = param(True, help="Whether learned numbers are added.", advanced=True)

    def shape(self, x: Shape) -> Shape | Fault:
        fault = needs_picture(x)
        if fault:
            return fault
        height, width = known(x.sizes[1]), known(x.sizes[2])
        tall, wide = pair(self.patch_size)
        if height % tall or width % wide:
            near = divisor_near(math.gcd(height, width), min(tall, wide))
            return Fault(
                f"cannot cut {height} x {width} into patches of {tall} x {wide}",
                f"use patch_size: {near}, or resize the picture",
                setting="patch_size",
                fix=("patch_size", near),
            )
        return Shape((height // tall * (width // wide), self.embed_dim))

    def _weights(self, x: Shape) -> int:
        return features(x) * math.prod(pair(self.patch_size)) * self.embed_dim

    def parameters(self, x: Shape) -> int:
        return self._weights(x) + self.embed_dim * self.bias

    def macs(self, x: Shape) -> int:
        return volume(x.sizes) * self.embed_dim

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_sequences import PatchEmbedding as Module

        return Module(features(x), self.embed_dim, pair(self.patch_size), bias=self.bias)

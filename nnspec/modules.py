"""PyTorch modules that differ a little from PyTorch's own: padding, layout of sequences, outputs.

They are subclasses where there are weights, so that state-dict names stay PyTorch's; what is added
to PyTorch's settings is an attribute, set after making. Imported only when a network is built;
sequences are `batch x length x features` throughout.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def weighted(module: nn.Module) -> tuple[nn.Module, ...]:
    """Return the modules inside, itself included, whose `weight` has two axes or more."""
    found: list[nn.Module] = []
    for inner in tuple(module.modules()):
        weight = getattr(inner, "weight", None)
        if isinstance(weight, nn.Parameter) and weight.dim() > 1:
            found.append(inner)
    return tuple(found)


class PaddedConv2d(nn.Conv2d):
    """Pads with different numbers of zeros on each side: left, right, top, bottom."""

    sides: tuple[int, ...] = ()

    def forward(self, input: Tensor) -> Tensor:
        """Return the filtered picture."""
        return super().forward(functional.pad(input, self.sides))


class SequenceConv1d(nn.Conv1d):
    """A convolution along `batch x length x features`, with zeros before and after."""

    sides: tuple[int, ...] = ()

    def forward(self, input: Tensor) -> Tensor:
        """Return the filtered sequence."""
        return super().forward(functional.pad(input.transpose(1, 2), self.sides)).transpose(1, 2)


class OverLength(nn.Module):
    """Applies a module without weights that works on `batch x features x length`."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, input: Tensor) -> Tensor:
        """Return the module's result in the layout of sequences."""
        return self.module(input.transpose(1, 2)).transpose(1, 2)


class SequenceBatchNorm(nn.BatchNorm1d):
    """Batch normalisation of each feature over batch and length."""

    def forward(self, input: Tensor) -> Tensor:
        """Return the normalised sequence."""
        return super().forward(input.transpose(1, 2)).transpose(1, 2)


class SequenceGroupNorm(nn.GroupNorm):
    """Group normalisation where the features are the last axis."""

    def forward(self, input: Tensor) -> Tensor:
        """Return the normalised sequence."""
        return super().forward(input.transpose(1, 2)).transpose(1, 2)


class Mean(nn.Module):
    """The mean over some axes."""

    def __init__(self, axes: tuple[int, ...]) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, input: Tensor) -> Tensor:
        """Return the mean; the axes are gone."""
        return input.mean(self.axes)


class Maximum(nn.Module):
    """The maximum over some axes."""

    def __init__(self, axes: tuple[int, ...]) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, input: Tensor) -> Tensor:
        """Return the maximum; the axes are gone."""
        return input.amax(self.axes)


class SinusoidalPositions(nn.Module):
    """Adds sines and cosines of falling frequency to each position of a sequence."""

    def __init__(self, features: int) -> None:
        super().__init__()
        steps = torch.arange(0, features, 2, dtype=torch.float32)
        self.register_buffer(
            "frequencies", torch.exp(steps * (-math.log(10_000.0) / features)), persistent=False
        )
        self.features = features

    def forward(self, input: Tensor) -> Tensor:
        """Return the sequence with its positions added."""
        frequencies = self.get_buffer("frequencies")
        places = torch.arange(input.shape[1], device=input.device, dtype=frequencies.dtype)
        angles = places[:, None] * frequencies
        waves = torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)[:, : self.features]
        return input + waves.to(input.dtype)


class Add(nn.Module):
    """The sum of all inputs."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the sum."""
        total = inputs[0]
        for other in inputs[1:]:
            total = total + other
        return total


class Concat(nn.Module):
    """All inputs side by side along one axis, which counts the batch."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return one tensor."""
        return torch.cat(inputs, dim=self.dim)


class Reshape(nn.Module):
    """The same numbers in other sizes, batch kept."""

    def __init__(self, sizes: Sequence[int]) -> None:
        super().__init__()
        self.sizes = tuple(sizes)

    def forward(self, input: Tensor) -> Tensor:
        """Return the reshaped batch."""
        return input.reshape(input.shape[0], *self.sizes)


class Permute(nn.Module):
    """The axes in another order; `axes` count without the batch."""

    def __init__(self, axes: Sequence[int]) -> None:
        super().__init__()
        self.axes = tuple(axis + 1 for axis in axes)

    def forward(self, input: Tensor) -> Tensor:
        """Return the permuted batch."""
        return input.permute(0, *self.axes)

"""PyTorch modules of our own that cut, join, scale and sample tensors, where torch.nn has none.

Each class stands on its own: torch alone, and every constructor argument kept under its name.
A `dim` counts the batch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Product(nn.Module):
    """The product of all inputs; a vector weighs each channel or feature of larger ones."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the product."""
        axes = max(x.dim() for x in inputs)
        total = self.aligned(inputs[0], axes)
        for other in inputs[1:]:
            total = total * self.aligned(other, axes)
        return total

    def aligned(self, input: Tensor, axes: int) -> Tensor:
        """Return a vector with axes of size 1 where the others have positions or points."""
        if input.dim() != 2 or axes == 2:
            return input
        rows, features = input.shape
        if axes == 3:
            return input.reshape(rows, 1, features)
        return input.reshape(rows, features, *(1,) * (axes - 2))


class Stack(nn.Module):
    """All inputs side by side along a new axis."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return one tensor with one axis more."""
        return torch.stack(inputs, dim=self.dim)


class Split(nn.Module):
    """One of several equal parts along an axis."""

    def __init__(self, parts: int, part: int, dim: int) -> None:
        super().__init__()
        self.parts = parts
        self.part = part
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Return the part."""
        return input.chunk(self.parts, dim=self.dim)[self.part]


class Slice(nn.Module):
    """The numbers from `start` to before `stop` along an axis; negative ones count from its end."""

    def __init__(self, start: int, stop: int | None, dim: int) -> None:
        super().__init__()
        self.start = start
        self.stop = stop
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Return what lies between."""
        before = (slice(None),) * self.dim
        return input[(*before, slice(self.start, self.stop))]


class StopGradient(nn.Module):
    """The same numbers, through which no gradient flows back."""

    def forward(self, input: Tensor) -> Tensor:
        """Return the detached batch."""
        return input.detach()


class LayerScale(nn.Module):
    """One learned factor for each channel or feature along `dim`.

    Touvron et al., "Going deeper with Image Transformers", ICCV 2021.
    """

    def __init__(self, features: int, init: float, dim: int) -> None:
        super().__init__()
        self.features = features
        self.init = init
        self.dim = dim
        self.weight = nn.Parameter(torch.full((features,), init))

    def forward(self, input: Tensor) -> Tensor:
        """Return the scaled batch."""
        return input * self.weight.reshape(-1, *(1,) * (input.dim() - self.dim - 1))


class L2Normalize(nn.Module):
    """Scales along `dim` to a length of 1."""

    def __init__(self, dim: int, eps: float) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, input: Tensor) -> Tensor:
        """Return the batch on the unit sphere."""
        return functional.normalize(input, dim=self.dim, eps=self.eps)


class MatMul(nn.Module):
    """The matrix product of the last two axes."""

    def __init__(self, *, transpose_right: bool) -> None:
        super().__init__()
        self.transpose_right = transpose_right

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the products."""
        return left @ (right.transpose(-1, -2) if self.transpose_right else right)


class Reparameterize(nn.Module):
    """Samples from a normal distribution so that gradients reach its mean and variance.

    Kingma and Welling, "Auto-Encoding Variational Bayes", 2013. In evaluation it is the mean.
    Where `kl_weight` is above 0, `penalty` is that many times the divergence from a standard
    normal distribution, summed over a sample and averaged over the batch, while training.
    """

    def __init__(self, kl_weight: float) -> None:
        super().__init__()
        self.kl_weight = kl_weight
        self.penalty: Tensor | None = None

    def forward(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Return one sample for each pair."""
        self.penalty = None
        if not self.training:
            return mean
        bounded = log_variance.clamp(-30.0, 20.0)
        if self.kl_weight > 0:
            divergence = 0.5 * (mean.square() + bounded.exp() - 1 - bounded)
            self.penalty = self.kl_weight * divergence.sum() / mean.shape[0]
        return mean + torch.exp(0.5 * bounded) * torch.randn_like(mean)


class Coordinates(nn.Module):
    """Adds two channels to a picture: how far down and how far right each point is, -1 to 1.

    Liu et al., "An Intriguing Failing of Convolutional Neural Networks and the CoordConv
    Solution", NeurIPS 2018.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return the picture with two channels more."""
        height, width = input.shape[-2:]
        down = torch.linspace(-1, 1, height, device=input.device, dtype=input.dtype)
        right = torch.linspace(-1, 1, width, device=input.device, dtype=input.dtype)
        places = torch.stack(torch.meshgrid(down, right, indexing="ij"))
        return torch.cat((input, places.expand(input.shape[0], -1, -1, -1)), dim=1)


class ChannelRMSNorm(nn.RMSNorm):
    """Root mean square normalisation over the channels of pictures and volumes."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised batch."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)

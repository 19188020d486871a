"""PyTorch modules of our own for pictures, volumes and plain vectors, where torch.nn has none.

Each class stands on its own: torch alone, and every constructor argument kept under its name.
Subclasses of PyTorch's modules keep its names of weights; what they add is set after making.
Layout is PyTorch's, but sequences are `batch x length x features`.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class PaddedConv3d(nn.Conv3d):
    """Pads a volume with different numbers of zeros on each side, the last axis first."""

    sides: tuple[int, ...] = ()

    def forward(self, input: Tensor) -> Tensor:
        """Return the filtered volume."""
        return super().forward(functional.pad(input, self.sides))


class SequenceConvTranspose1d(nn.ConvTranspose1d):
    """A transposed convolution along `batch x length x features`, trimmed at the far end."""

    trim: tuple[int, ...] = (0,)

    def forward(self, input: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the longer sequence."""
        result = super().forward(input.transpose(1, 2)).transpose(1, 2)
        return result.narrow(1, 0, result.shape[1] - self.trim[0])


class TrimmedConvTranspose2d(nn.ConvTranspose2d):
    """A transposed convolution whose result is trimmed at the far edges."""

    trim: tuple[int, ...] = (0, 0)

    def forward(self, input: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the larger picture."""
        result = super().forward(input)
        for axis, cut in enumerate(self.trim, 2):
            result = result.narrow(axis, 0, result.shape[axis] - cut)
        return result


class TrimmedConvTranspose3d(nn.ConvTranspose3d):
    """A transposed convolution whose result is trimmed at the far edges."""

    trim: tuple[int, ...] = (0, 0, 0)

    def forward(self, input: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the larger volume."""
        result = super().forward(input)
        for axis, cut in enumerate(self.trim, 2):
            result = result.narrow(axis, 0, result.shape[axis] - cut)
        return result


class LpPool2d(nn.Module):
    """The Lp norm of each window: `(sum |x|^p)^(1/p)`.

    PyTorch's own gives NaN for negative sums and for the gradient of a window of zeros, such as
    follow a ReLU; here windows below `eps` have no gradient.
    """

    def __init__(
        self,
        norm_type: float,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        *,
        ceil_mode: bool = False,
        eps: float = 1e-12,
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode
        self.eps = eps

    def forward(self, input: Tensor) -> Tensor:
        """Return the smaller picture."""
        means = functional.avg_pool2d(
            input.abs().pow(self.norm_type),
            self.kernel_size,
            self.stride,
            ceil_mode=self.ceil_mode,
        )
        sums = means * (self.kernel_size[0] * self.kernel_size[1])
        return sums.clamp_min(self.eps).pow(1.0 / self.norm_type)


class SqueezeExcite(nn.Module):
    """Weighs each channel by a number between 0 and 1 that depends on the means of all channels.

    Hu, Shen and Sun, "Squeeze-and-Excitation Networks", CVPR 2018.
    """

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.channels = channels
        self.hidden = hidden
        self.reduce = nn.Linear(channels, hidden)
        self.expand = nn.Linear(hidden, channels)

    def forward(self, input: Tensor) -> Tensor:
        """Return the weighed picture."""
        means = input.flatten(2).mean(2)
        weights = torch.sigmoid(self.expand(functional.relu(self.reduce(means))))
        return input * weights.reshape(*weights.shape, *(1,) * (input.dim() - 2))


class StochasticDepth(nn.Module):
    """Sets the results of whole samples to 0 while training and enlarges the others to match.

    Huang et al., "Deep Networks with Stochastic Depth", ECCV 2016.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, input: Tensor) -> Tensor:
        """Return the batch, some samples of it 0."""
        if not self.training or self.p == 0:
            return input
        sizes = (input.shape[0], *(1,) * (input.dim() - 1))
        kept = torch.rand(sizes, device=input.device, dtype=input.dtype) >= self.p
        return input * kept / (1 - self.p)


class GaussianNoise(nn.Module):
    """Adds normal noise while training."""

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, input: Tensor) -> Tensor:
        """Return the noisy batch."""
        return input + self.std * torch.randn_like(input) if self.training else input


class SequencePReLU(nn.PReLU):
    """A PReLU with one slope for each feature of a sequence."""

    def forward(self, input: Tensor) -> Tensor:
        """Return the rectified sequence."""
        return super().forward(input.transpose(1, 2)).transpose(1, 2)


class GatedLinear(nn.Module):
    """Two projections of the last axis, one of which, bent, weighs the other.

    Shazeer, "GLU Variants Improve Transformer", 2020. `gate` is "gelu" or "silu".
    """

    def __init__(self, in_features: int, out_features: int, gate: str, *, bias: bool) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.gate = gate
        self.bias = bias
        self.project = nn.Linear(in_features, 2 * out_features, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        """Return `out_features` numbers for each vector."""
        gate, value = self.project(input).chunk(2, dim=-1)
        bent = functional.gelu(gate) if self.gate == "gelu" else functional.silu(gate)
        return bent * value


class ThresholdUnit(nn.Module):
    """1 above a threshold, else `low`; the gradient passes straight through.

    The unit of Rosenblatt's perceptron (1958); the gradient is that of Bengio, Léonard and
    Courville, "Estimating or Propagating Gradients Through Stochastic Neurons", 2013.
    """

    def __init__(self, threshold: float, low: float) -> None:
        super().__init__()
        self.threshold = threshold
        self.low = low

    def forward(self, input: Tensor) -> Tensor:
        """Return a batch of two different numbers."""
        step = (input > self.threshold).to(input.dtype) * (1 - self.low) + self.low
        return step + (input - input.detach())


class RadialBasis(nn.Module):
    """`exp(-|x - c|^2 / (2 w^2))` for learned centres `c` and learned widths `w`.

    Broomhead and Lowe, "Multivariable Functional Interpolation and Adaptive Networks", 1988.
    """

    def __init__(self, in_features: int, num_centers: int) -> None:
        super().__init__()
        self.in_features = in_features
        self.num_centers = num_centers
        self.centers = nn.Parameter(torch.randn(num_centers, in_features))
        # Two standard normal vectors are about sqrt(2 n) apart, which then gives exp(-1).
        self.log_widths = nn.Parameter(torch.full((num_centers,), 0.5 * math.log(in_features)))

    def forward(self, input: Tensor) -> Tensor:
        """Return how near each vector is to each centre, from 0 to 1."""
        products = input @ self.centers.T
        lengths = input.square().sum(-1, keepdim=True) + self.centers.square().sum(-1)
        squares = (lengths - 2 * products).clamp_min(0)
        return torch.exp(-0.5 * squares * torch.exp(-2 * self.log_widths))


class KanLinear(nn.Module):
    """Every output is a sum of learned curves, one for each input: SiLU and B-splines on a grid.

    Liu et al., "KAN: Kolmogorov-Arnold Networks", 2024, with the splines evaluated once for each
    input and weighed by one matrix product. Beyond the grid only the SiLU part is left.
    """

    grid: Tensor

    def __init__(
        self,
        in_features: int,
        out_features: int,
        grid_size: int = 5,
        spline_order: int = 3,
        grid_limit: float = 1.0,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.grid_size = grid_size
        self.spline_order = spline_order
        self.grid_limit = grid_limit
        step = 2 * grid_limit / grid_size
        knots = torch.arange(-spline_order, grid_size + spline_order + 1) * step - grid_limit
        self.register_buffer("grid", knots, persistent=False)
        splines = grid_size + spline_order
        self.base_weight = nn.Parameter(torch.empty(out_features, in_features))
        self.spline_weight = nn.Parameter(torch.empty(out_features, in_features * splines))
        nn.init.kaiming_uniform_(self.base_weight, a=math.sqrt(5))
        nn.init.normal_(self.spline_weight, std=0.1 / math.sqrt(in_features))

    def splines(self, input: Tensor) -> Tensor:
        """Return the B-splines at each number: one more axis, which sums to 1 on the grid."""
        at, grid = input.unsqueeze(-1), self.grid
        values = ((at >= grid[:-1]) & (at < grid[1:])).to(input.dtype)
        for order in range(1, self.spline_order + 1):
            rising = (at - grid[: -order - 1]) / (grid[order:-1] - grid[: -order - 1])
            falling = (grid[order + 1 :] - at) / (grid[order + 1 :] - grid[1:-order])
            values = rising * values[..., :-1] + falling * values[..., 1:]
        return values

    def forward(self, input: Tensor) -> Tensor:
        """Return `out_features` numbers for each vector."""
        base = functional.linear(functional.silu(input), self.base_weight)
        return base + functional.linear(self.splines(input).flatten(-2), self.spline_weight)


class FourierFeatures(nn.Module):
    """Sines and cosines of fixed random projections of the last axis.

    Tancik et al., "Fourier Features Let Networks Learn High Frequency Functions in Low
    Dimensional Domains", NeurIPS 2020. The projections are kept with the weights.
    """

    frequencies: Tensor

    def __init__(self, in_features: int, num_frequencies: int, scale: float) -> None:
        super().__init__()
        self.in_features = in_features
        self.num_frequencies = num_frequencies
        self.scale = scale
        self.register_buffer("frequencies", scale * torch.randn(num_frequencies, in_features))

    def forward(self, input: Tensor) -> Tensor:
        """Return `2 x num_frequencies` numbers for each vector."""
        angles = 2 * math.pi * functional.linear(input, self.frequencies)
        return torch.cat((angles.sin(), angles.cos()), dim=-1)

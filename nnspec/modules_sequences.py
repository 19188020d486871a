"""PyTorch modules for sequences: recurrent layers, pooling, and small maps along the length.

Sequences are `batch x length x features`; `lengths` says how many positions of each sample are
real, the rest is padding (0 is taken as 1).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Lstm(nn.LSTM):
    """An LSTM that returns one tensor: the whole sequence or the last hidden state."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        last: bool = False,
    ) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
        )
        self.last = last

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return `batch x length x numbers`, or `batch x numbers`; padding gives 0."""
        if lengths is None or input.is_meta:  # lengths on the meta device cannot be read
            sequence, (hidden, _) = super().forward(input)
        else:
            real = lengths.clamp(1, input.shape[1]).cpu()
            packed = pack_padded_sequence(input, real, batch_first=True, enforce_sorted=False)
            result, (hidden, _) = super().forward(packed)
            sequence, _ = pad_packed_sequence(result, batch_first=True, total_length=input.shape[1])
        if not self.last:
            return sequence
        return torch.cat((hidden[-2], hidden[-1]), -1) if self.bidirectional else hidden[-1]


class Gru(nn.GRU):
    """A GRU that returns one tensor: the whole sequence or the last hidden state."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        last: bool = False,
    ) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
        )
        self.last = last

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return `batch x length x numbers`, or `batch x numbers`; padding gives 0."""
        if lengths is None or input.is_meta:  # lengths on the meta device cannot be read
            sequence, hidden = super().forward(input)
        else:
            real = lengths.clamp(1, input.shape[1]).cpu()
            packed = pack_padded_sequence(input, real, batch_first=True, enforce_sorted=False)
            result, hidden = super().forward(packed)
            sequence, _ = pad_packed_sequence(result, batch_first=True, total_length=input.shape[1])
        if not self.last:
            return sequence
        return torch.cat((hidden[-2], hidden[-1]), -1) if self.bidirectional else hidden[-1]


class Rnn(nn.RNN):
    """A plain recurrent layer that returns one tensor."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        nonlinearity: str = "tanh",
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        last: bool = False,
    ) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            input_size,
            hidden_size,
            num_layers,
            nonlinearity=nonlinearity,
            bias=bias,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
        )
        self.last = last

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return `batch x length x numbers`, or `batch x numbers`; padding gives 0."""
        if lengths is None or input.is_meta:  # lengths on the meta device cannot be read
            sequence, hidden = super().forward(input)
        else:
            real = lengths.clamp(1, input.shape[1]).cpu()
            packed = pack_padded_sequence(input, real, batch_first=True, enforce_sorted=False)
            result, hidden = super().forward(packed)
            sequence, _ = pad_packed_sequence(result, batch_first=True, total_length=input.shape[1])
        if not self.last:
            return sequence
        return torch.cat((hidden[-2], hidden[-1]), -1) if self.bidirectional else hidden[-1]


class MaskedMean(nn.Module):
    """The mean over the real positions of a sequence."""

    def forward(self, input: Tensor, lengths: Tensor) -> Tensor:
        """Return `batch x features`."""
        real = lengths.clamp(1, input.shape[1])[:, None]
        padding = torch.arange(input.shape[1], device=input.device) >= real
        return input.masked_fill(padding[..., None], 0.0).sum(1) / real.to(input.dtype)


class MaskedMaximum(nn.Module):
    """The largest number of each feature over the real positions of a sequence."""

    def forward(self, input: Tensor, lengths: Tensor) -> Tensor:
        """Return `batch x features`."""
        real = lengths.clamp(1, input.shape[1])[:, None]
        padding = torch.arange(input.shape[1], device=input.device) >= real
        return input.masked_fill(padding[..., None], float("-inf")).amax(1)


class TakeToken(nn.Module):
    """One position of a sequence: the first, or the last one that is real."""

    def __init__(self, position: str) -> None:
        super().__init__()
        self.position = position

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return `batch x features`."""
        if self.position == "first":
            return input[:, 0]
        if lengths is None:
            return input[:, -1]
        places = lengths.clamp(1, input.shape[1]) - 1
        return input.gather(1, places[:, None, None].expand(-1, 1, input.shape[2])).squeeze(1)


class ClassToken(nn.Module):
    """Puts a learned position before a sequence (Devlin et al. 2019, Dosovitskiy et al. 2021)."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.features = features
        self.token = nn.Parameter(torch.randn(features) * 0.02)

    def forward(self, input: Tensor) -> Tensor:
        """Return a sequence that is one position longer."""
        return torch.cat((self.token.expand(input.shape[0], 1, -1), input), 1)


class PatchEmbedding(nn.Module):
    """Cuts a picture into patches and maps each to a vector (Dosovitskiy et al. 2021)."""

    def __init__(
        self, in_channels: int, embed_dim: int, patch_size: tuple[int, int], *, bias: bool = True
    ) -> None:
        super().__init__()
        self.in_channels, self.embed_dim = in_channels, embed_dim
        self.patch_size, self.bias = patch_size, bias
        self.projection = nn.Conv2d(in_channels, embed_dim, patch_size, patch_size, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        """Return `batch x patches x embed_dim`, patches row by row."""
        return self.projection(input).flatten(2).transpose(1, 2)


class Reverse(nn.Module):
    """Turns the real positions of a sequence round; padding stays at the end."""

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return a sequence of the same shape."""
        if lengths is None:
            return input.flip(1)
        real = lengths.clamp(1, input.shape[1])[:, None]
        places = torch.arange(input.shape[1], device=input.device).expand(input.shape[0], -1)
        places = torch.where(places < real, real - 1 - places, places)
        return input.gather(1, places[..., None].expand_as(input))


class Shift(nn.Module):
    """Moves a sequence along its length and fills up with zeros."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    def forward(self, input: Tensor) -> Tensor:
        """Return a sequence of the same shape; positive steps move it to later positions."""
        steps = max(-input.shape[1], min(self.steps, input.shape[1]))
        return functional.pad(input, (0, 0, steps, -steps))


class SeriesDecomposition(nn.Module):
    """The moving average of a series (its trend), or what it leaves (Wu et al. 2021, Autoformer).

    The ends are repeated, so that the trend is as long as the series.
    """

    def __init__(self, kernel_size: int, part: str) -> None:
        super().__init__()
        self.kernel_size, self.part = kernel_size, part

    def forward(self, input: Tensor) -> Tensor:
        """Return a sequence of the same shape."""
        before = (self.kernel_size - 1) // 2
        start = input[:, :1].expand(-1, before, -1)
        end = input[:, -1:].expand(-1, self.kernel_size - 1 - before, -1)
        padded = torch.cat((start, input, end), 1).transpose(1, 2)
        trend = functional.avg_pool1d(padded, self.kernel_size, 1).transpose(1, 2)
        return trend if self.part == "trend" else input - trend


class LinearOverTime(nn.Module):
    """A linear map along the length: each step that leaves is a weighted sum of all that enter.

    Used for forecasts by DLinear (Zeng et al. 2023); `individual` gives each feature weights of
    its own.
    """

    def __init__(
        self,
        in_length: int,
        out_length: int,
        features: int,
        *,
        individual: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.in_length, self.out_length, self.features = in_length, out_length, features
        self.individual, self.bias = individual, bias
        maps = features if individual else 1
        bound = in_length**-0.5
        weight = torch.empty(maps, out_length, in_length).uniform_(-bound, bound)
        self.weight = nn.Parameter(weight)
        self.offset = nn.Parameter(torch.zeros(maps, out_length)) if bias else None

    def forward(self, input: Tensor) -> Tensor:
        """Return `batch x out_length x features`."""
        weight = self.weight.expand(self.features, -1, -1)
        result = torch.einsum("blf,fol->bof", input, weight)
        return result if self.offset is None else result + self.offset.mT


class InstanceScale(nn.Module):
    """Brings each sample by itself to mean 0 and deviation 1 over its length."""

    def __init__(self, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, input: Tensor) -> Tensor:
        """Return numbers of the same shape."""
        mean = input.mean(1, keepdim=True)
        variance = input.var(1, correction=0, keepdim=True)
        return (input - mean) * (variance + self.eps).rsqrt()

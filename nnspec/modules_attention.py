"""PyTorch modules for attention: to oneself or a memory, causal, with rotary positions and padding.

Sequences are `batch x length x features`; `lengths` says how many positions of each sample's
memory are real, the rest is not looked at (0 is taken as 1).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class MultiHeadAttention(nn.MultiheadAttention):
    """Attention of a sequence to itself or to a memory (Vaswani et al. 2017).

    `rotary` turns queries and keys by their place (Su et al. 2021, RoFormer). State-dict names are
    PyTorch's.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        *,
        memory_dim: int | None = None,
        dropout: float = 0.0,
        bias: bool = True,
        causal: bool = False,
        rotary: bool = False,
    ) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            embed_dim, num_heads, dropout, bias, kdim=memory_dim, vdim=memory_dim, batch_first=True
        )
        self.num_heads: int = num_heads
        self.memory_dim, self.bias = memory_dim, bias
        self.causal, self.rotary = causal, rotary

    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, query: Tensor, memory: Tensor | None = None, lengths: Tensor | None = None
    ) -> Tensor:
        """Return a sequence of the shape of `query`."""
        memory = query if memory is None else memory
        q, k, v = (self._heads(each) for each in self._projected(query, memory))
        if self.rotary:
            q, k = self._rotated(q), self._rotated(k)
        result = functional.scaled_dot_product_attention(
            q,
            k,
            v,
            attn_mask=self._visible(q, k, lengths),
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=self.causal and lengths is None,
        )
        joined: Tensor = result.transpose(1, 2).flatten(2)
        return self.out_proj(joined)

    def _projected(self, query: Tensor, memory: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        if self.memory_dim is not None and self.memory_dim != self.embed_dim:
            weights = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        else:
            weights = self.in_proj_weight.chunk(3)
        biases = self.in_proj_bias.chunk(3) if self.bias else (None,) * 3
        return (
            functional.linear(query, weights[0], biases[0]),
            functional.linear(memory, weights[1], biases[1]),
            functional.linear(memory, weights[2], biases[2]),
        )

    def _heads(self, x: Tensor) -> Tensor:
        batch, length = x.shape[:2]
        return x.reshape(batch, length, self.num_heads, -1).transpose(1, 2)

    def _visible(self, q: Tensor, k: Tensor, lengths: Tensor | None) -> Tensor | None:
        """Which keys each query sees; None where SDPA can be told in a word."""
        if lengths is None:
            return None
        places = torch.arange(k.shape[2], device=k.device)
        visible = (places < lengths.clamp(min=1)[:, None])[:, None, None]
        if not self.causal:
            return visible
        return visible & (places <= torch.arange(q.shape[2], device=q.device)[:, None])

    def _rotated(self, x: Tensor) -> Tensor:
        steps = torch.arange(0, x.shape[-1], 2, device=x.device, dtype=torch.float32)
        places = torch.arange(x.shape[-2], device=x.device, dtype=torch.float32)
        angles = places[:, None] * 10_000.0 ** (-steps / x.shape[-1])
        sine, cosine = angles.sin().to(x.dtype), angles.cos().to(x.dtype)
        even, odd = x[..., 0::2], x[..., 1::2]
        return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2)


class ScaledDotProductAttention(nn.Module):
    """Attention without weights: queries, keys and values are given (Vaswani et al. 2017)."""

    def __init__(self, *, causal: bool = False, dropout: float = 0.0) -> None:
        super().__init__()
        self.causal, self.dropout = causal, dropout

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None = None
    ) -> Tensor:
        """Return for each query a mean of the values: `batch x queries x value features`."""
        visible = None
        if lengths is not None:
            places = torch.arange(key.shape[1], device=key.device)
            visible = (places < lengths.clamp(min=1)[:, None])[:, None]
            if self.causal:
                own = torch.arange(query.shape[1], device=query.device)[:, None]
                visible = visible & (places <= own)
        return functional.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=visible,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=self.causal and lengths is None,
        )


class AdditiveAttention(nn.Module):
    """Attention whose scores a small network gives (Bahdanau, Cho, Bengio 2015)."""

    def __init__(self, query_dim: int, memory_dim: int, hidden_size: int) -> None:
        super().__init__()
        self.query_dim, self.memory_dim, self.hidden_size = query_dim, memory_dim, hidden_size
        self.query = nn.Linear(query_dim, hidden_size)
        self.memory = nn.Linear(memory_dim, hidden_size, bias=False)
        self.score = nn.Linear(hidden_size, 1, bias=False)

    def forward(self, query: Tensor, memory: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return for each query (`batch x queries x features` or one vector) a mean of memory."""
        single = query.dim() == 2
        asked = self.query(query[:, None] if single else query)
        scores = self.score(torch.tanh(asked[:, :, None] + self.memory(memory)[:, None])).squeeze(
            -1
        )
        if lengths is not None:
            places = torch.arange(memory.shape[1], device=memory.device)
            padding = places >= lengths.clamp(min=1)[:, None]
            scores = scores.masked_fill(padding[:, None], float("-inf"))
        result = scores.softmax(-1) @ memory
        return result[:, 0] if single else result


class EncoderLayer(nn.TransformerEncoderLayer):
    """A Transformer layer; `causal` hides what comes later."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        *,
        dropout_p: float = 0.1,
        nonlinearity: str = "relu",
        norm_first: bool = False,
        causal: bool = False,
    ) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            d_model,
            nhead,
            dim_feedforward,
            dropout=dropout_p,
            activation=nonlinearity,
            batch_first=True,
            norm_first=norm_first,
        )
        self.d_model, self.nhead, self.dim_feedforward = d_model, nhead, dim_feedforward
        self.dropout_p, self.nonlinearity, self.causal = dropout_p, nonlinearity, causal

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return a sequence of the same shape."""
        places = torch.arange(input.shape[1], device=input.device)
        return super().forward(
            input,
            src_mask=places > places[:, None] if self.causal else None,
            src_key_padding_mask=None
            if lengths is None
            else places >= lengths.clamp(min=1)[:, None],
            is_causal=self.causal,
        )


class DecoderLayer(nn.TransformerDecoderLayer):
    """A Transformer layer that also looks at a memory; `causal` hides what comes later."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        *,
        dropout_p: float = 0.1,
        nonlinearity: str = "relu",
        norm_first: bool = False,
        causal: bool = True,
    ) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            d_model,
            nhead,
            dim_feedforward,
            dropout=dropout_p,
            activation=nonlinearity,
            batch_first=True,
            norm_first=norm_first,
        )
        self.d_model, self.nhead, self.dim_feedforward = d_model, nhead, dim_feedforward
        self.dropout_p, self.nonlinearity, self.causal = dropout_p, nonlinearity, causal

    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, target: Tensor, memory: Tensor, lengths: Tensor | None = None
    ) -> Tensor:
        """Return a sequence of the shape of `target`; `lengths` are those of the memory."""
        places = torch.arange(target.shape[1], device=target.device)
        known = torch.arange(memory.shape[1], device=memory.device)
        return super().forward(
            target,
            memory,
            tgt_mask=places > places[:, None] if self.causal else None,
            memory_key_padding_mask=None
            if lengths is None
            else known >= lengths.clamp(min=1)[:, None],
            tgt_is_causal=self.causal,
        )


class LearnedPositions(nn.Module):
    """Adds a learned vector to each position of a sequence; later ones share the last vector."""

    def __init__(self, max_length: int, features: int) -> None:
        super().__init__()
        self.max_length, self.features = max_length, features
        self.weight = nn.Parameter(torch.randn(max_length, features) * 0.02)

    def forward(self, input: Tensor) -> Tensor:
        """Return the sequence with its positions added."""
        places = torch.arange(input.shape[1], device=input.device).clamp(max=self.max_length - 1)
        return input + self.weight[places]


class RotaryPositions(nn.Module):
    """Turns pairs of features by an angle that grows with the position (Su et al. 2021, RoFormer).

    The product of two turned vectors depends on their distance alone. Each of `num_heads` parts of
    the features is turned alike.
    """

    def __init__(self, features: int, num_heads: int = 1, base: float = 10_000.0) -> None:
        super().__init__()
        self.features, self.num_heads, self.base = features, num_heads, base

    def forward(self, input: Tensor) -> Tensor:
        """Return a sequence of the same shape."""
        width = self.features // self.num_heads
        steps = torch.arange(0, width, 2, device=input.device, dtype=torch.float32)
        places = torch.arange(input.shape[1], device=input.device, dtype=torch.float32)
        angles = (places[:, None] * self.base ** (-steps / width)).repeat(1, self.num_heads)
        sine, cosine = angles.sin().to(input.dtype), angles.cos().to(input.dtype)
        even, odd = input[..., 0::2], input[..., 1::2]
        return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2)

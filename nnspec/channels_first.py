"""Runs a PyTorch module that wants channels before the length on our sequences.

A sequence here is `length x features`, as in PyTorch's attention and batch-first recurrent layers;
PyTorch's one-dimensional convolutions, pools and norms want `features x length`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn


def channels_first(inner: nn.Module) -> nn.Module:
    """Wrap `inner` so that it takes and gives batches of `length x features`."""
    from torch import nn

    class ChannelsFirst(nn.Module):
        """Swaps length and features before and after the inner module."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, x: Tensor) -> Tensor:
            return self.inner(x.transpose(1, 2)).transpose(1, 2)

    return ChannelsFirst()

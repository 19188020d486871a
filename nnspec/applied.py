"""A function as a module, for layers that PyTorch offers only as functions.

Torch is imported late: the catalog reads the layers' files where there is no torch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn


def applied(words: str, function: Callable[..., Tensor]) -> nn.Module:
    """Return a module that calls `function` on its inputs.

    Args:
        words: what the printed module shows, for example `dims=(1, 0)`.
        function: takes as many tensors (with the batch axis) as the layer has inputs.
    """
    from torch import nn

    class Applied(nn.Module):
        def forward(self, *inputs: Tensor) -> Tensor:
            return function(*inputs)

        def extra_repr(self) -> str:
            return words

    return Applied()

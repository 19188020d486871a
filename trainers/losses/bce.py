"""Binary cross-entropy of probabilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Classification")
@dataclass(frozen=True, slots=True)
class Bce:
    """Yes or no from probabilities; for autoencoders of black and white pictures."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (probabilities, truth from 0 to 1, of one shape) that gives the mean.

        What is no probability gives NaN, which ends the training with its cause.
        """
        return _bce


def _bce(of: Tensor, against: Tensor) -> Tensor:
    import torch

    from trainers.pairs import paired

    share, truth = paired(of, against)
    outside = ((share < 0) | (share > 1)).any()
    loss = torch.nn.functional.binary_cross_entropy(share.clamp(0, 1), truth)
    return torch.where(outside, torch.full_like(loss, torch.nan), loss)

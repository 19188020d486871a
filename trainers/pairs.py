"""Two sides of a loss brought to one shape, and an exponential that stays a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def paired(answers: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Give the truth the type and shape of the answers: `batch` is as good as `batch x 1`."""
    truth = truth.to(answers.dtype)
    if truth.shape == answers.shape:
        return answers, truth
    if truth.numel() == answers.numel():
        return answers, truth.reshape(answers.shape)
    shape = (answers.detach() + truth.detach()).shape
    return answers.expand(shape), truth.expand(shape)


def bounded_exp(x: Tensor, straight_from: float = 30.0) -> Tensor:
    """E to the power of x that goes on as a straight line, so that no number is infinite."""
    return x.clamp(max=straight_from).exp() * (1 + (x - straight_from).relu())

"""Kullback-Leibler divergence of normal codes from N(0, 1) (Kingma and Welling, 2014)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Distribution")
@dataclass(frozen=True, slots=True)
class KlNormal:
    """How far codes are from standard normal ones; the second part of a variational autoencoder."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("mean", "log_variance")

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (means, logarithms of variances): summed over a row, mean over rows."""
        from trainers.pairs import bounded_exp

        def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
            part = mean.square() + bounded_exp(log_variance) - 1 - log_variance
            return 0.5 * part.flatten(1).sum(1).mean()

        return divergence

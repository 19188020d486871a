"""Negative log-likelihood of normal distributions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Regression")
@dataclass(frozen=True, slots=True)
class GaussianNll:
    """Learns a mean and how far to trust it: the likelihood of a normal distribution."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("mean", "log_variance", "against")

    def build(
        self,
        target: Target | None,  # noqa: ARG002
        device: str,  # noqa: ARG002
    ) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
        """The function of (means, logarithms of variances, numbers) that gives the mean."""
        from trainers.pairs import bounded_exp, paired

        def nll(mean: Tensor, log_variance: Tensor, against: Tensor) -> Tensor:
            middle, truth = paired(mean, against)
            spread = log_variance.reshape(middle.shape)
            return 0.5 * (spread + (truth - middle).square() * bounded_exp(-spread)).mean()

        return nll

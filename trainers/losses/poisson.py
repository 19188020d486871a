"""Poisson negative log-likelihood of counts."""

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
class Poisson:
    """For counts: the answer is the logarithm of the number to expect."""

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (logarithms of rates, counts) that gives the mean, but for a constant."""
        from trainers.pairs import bounded_exp, paired

        def poisson(of: Tensor, against: Tensor) -> Tensor:
            log, count = paired(of, against)
            return (bounded_exp(log) - count * log).mean()

        return poisson

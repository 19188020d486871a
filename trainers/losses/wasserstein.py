"""Wasserstein critic scores (Arjovsky et al., 2017)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Adversarial")
@dataclass(frozen=True, slots=True)
class Wasserstein:
    """Moves a critic's scores up or down, without any bound."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("of",)

    goal: Literal["high", "low"] = param(
        "high", help="high: scores are to rise (real rows for a critic). low: they are to fall."
    )

    def build(self, target: Target | None, device: str) -> Callable[[Tensor], Tensor]:  # noqa: ARG002
        """The function of the scores that gives their mean, below 0 where they are to rise."""
        sign = -1 if self.goal == "high" else 1
        return lambda of: sign * of.mean()

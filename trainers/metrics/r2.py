"""R2, the coefficient of determination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from nnspec.catalog import kind
from trainers.targets import Outcome, Regressed, Task


@kind("Regression")
@dataclass(frozen=True, slots=True)
class R2:
    """How much of the target's variation is explained: 1 is all, 0 no better than the mean."""

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["max", "min"]] = "max"

    def measure(self, outcome: Outcome) -> float | None:
        """1 minus squared error by variance; None when the target never varies."""
        if not isinstance(outcome, Regressed) or not len(outcome.actual):
            return None
        variation = (outcome.actual - outcome.actual.mean()).square().sum().item()
        error = (outcome.predicted - outcome.actual).square().sum().item()
        return 1 - error / variation if variation > 0 else None

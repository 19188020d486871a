"""Root mean squared error in the target's own unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from nnspec.catalog import kind
from trainers.targets import Outcome, Regressed, Task


@kind("Regression")
@dataclass(frozen=True, slots=True)
class Rmse:
    """How far predictions are off, large errors counting most, in the target's own unit."""

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    unit: ClassVar[str] = "target"
    better: ClassVar[Literal["max", "min"]] = "min"

    def measure(self, outcome: Outcome) -> float | None:
        """The root of the mean squared error, in float64."""
        from torchmetrics.functional.regression import mean_squared_error

        if not isinstance(outcome, Regressed) or not len(outcome.actual):
            return None
        return mean_squared_error(outcome.predicted, outcome.actual, squared=False).item()

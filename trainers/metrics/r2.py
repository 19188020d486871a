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
        """1 minus the squared error by that of always answering the mean.

        A target that never varies gives 1 when every answer is right, else 0, as in scikit-learn;
        a single row gives None. torchmetrics' own `r2_score` takes sums below 1e-4 for zero and
        loses digits when the mean is far from 0, so R2 is the ratio of two of its squared errors.
        """
        from torchmetrics.functional.regression import mean_squared_error

        if not isinstance(outcome, Regressed) or len(outcome.actual) < 2:
            return None
        actual = outcome.actual
        error = mean_squared_error(outcome.predicted, actual).item()
        if actual.min() == actual.max():
            return 0.0 if error else 1.0
        return 1 - error / mean_squared_error(actual.mean().expand_as(actual), actual).item()

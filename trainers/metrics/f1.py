"""F1, macro: the mean over classes of the harmonic mean of precision and recall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from nnspec.catalog import kind
from trainers.targets import Classified, Outcome, Task


@kind("Classification")
@dataclass(frozen=True, slots=True)
class F1:
    """Precision and recall in one number, the mean over classes, so that rare classes count too."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["max", "min"]] = "max"

    def measure(self, outcome: Outcome) -> float | None:
        """The mean of F1 over the classes that occur in truth or answers, as in scikit-learn."""
        from torchmetrics.classification import MulticlassF1Score

        if not isinstance(outcome, Classified) or not len(outcome.actual):
            return None
        return outcome.score(
            MulticlassF1Score(outcome.classes, average="macro", validate_args=False)
        )

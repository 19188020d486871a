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
        """The mean of F1 over the classes that occur in truth or answers."""
        if not isinstance(outcome, Classified) or not len(outcome.actual):
            return None
        right = outcome.confusion.diagonal().double()
        predicted, actual = outcome.confusion.sum(0), outcome.confusion.sum(1)
        occurs = (predicted + actual) > 0
        return (2 * right / (predicted + actual))[occurs].mean().item()

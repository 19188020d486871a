"""Recall, macro: how much of a class is found, the mean over classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from nnspec.catalog import kind
from trainers.targets import Classified, Outcome, Task


@kind("Classification")
@dataclass(frozen=True, slots=True)
class Recall:
    """Of the rows that are of a class, the share that was found; the mean over classes."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["max", "min"]] = "max"

    def measure(self, outcome: Outcome) -> float | None:
        """The mean over the classes that occur; a class that was only predicted counts as 0."""
        from torchmetrics.classification import MulticlassRecall

        if not isinstance(outcome, Classified) or not len(outcome.actual):
            return None
        return outcome.score(
            MulticlassRecall(outcome.classes, average="macro", validate_args=False)
        )

"""Accuracy: the share of rows that were classified rightly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from nnspec.catalog import kind
from trainers.targets import Classified, Outcome, Task


@kind("Classification")
@dataclass(frozen=True, slots=True)
class Accuracy:
    """The share of rows whose class was predicted rightly."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["max", "min"]] = "max"

    def measure(self, outcome: Outcome) -> float | None:
        """Right answers by all answers."""
        from torchmetrics.classification import MulticlassAccuracy

        if not isinstance(outcome, Classified) or not len(outcome.actual):
            return None
        return outcome.score(
            MulticlassAccuracy(outcome.classes, average="micro", validate_args=False)
        )

"""AUROC, the area under the receiver operating characteristic curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from nnspec.catalog import kind
from trainers.targets import Classified, Outcome, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Classification")
@dataclass(frozen=True, slots=True)
class Auroc:
    """How surely a row of a class is ranked above a row of another: 1 is always, 0.5 is chance."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["max", "min"]] = "max"

    def measure(self, outcome: Outcome) -> float | None:
        """One class against the rest, the mean over classes; None when a class has no rows.

        scikit-learn does not define it then either; torchmetrics would leave the class out.
        """
        if not isinstance(outcome, Classified) or not len(outcome.probabilities):
            return None
        # Two classes mirror each other.
        judged = (1,) if outcome.classes == 2 else range(outcome.classes)
        areas: list[float] = []
        for each in judged:
            area = _area(outcome.probabilities[:, each], outcome.actual == each)
            if area is None:
                return None
            areas.append(area)
        return sum(areas) / len(areas)


def _area(scores: Tensor, positive: Tensor) -> float | None:
    """Share of (positive, negative) pairs ranked rightly, ties counting half.

    The curve comes as rates in float32. Rounded to the counts they stand for, it is exact in
    float64 up to eight million rows, and within 1e-6 beyond.
    """
    from torchmetrics.functional.classification import binary_roc
    from torchmetrics.utilities.compute import auc

    found = int(positive.sum())
    others = len(positive) - found
    if not found or not others:
        return None
    false_rate, true_rate, _ = binary_roc(scores, positive.long(), validate_args=False)
    false, true = (false_rate.double() * others).round(), (true_rate.double() * found).round()
    return auc(false, true).item() / (found * others)

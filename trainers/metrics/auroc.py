"""AUROC, the area under the receiver operating characteristic curve."""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from nnspec.catalog import kind
from trainers.targets import Classified, Outcome, Task

if TYPE_CHECKING:
    from torch import Tensor

    _Unique = Callable[..., tuple[Tensor, Tensor, Tensor]]


@kind("Classification")
@dataclass(frozen=True, slots=True)
class Auroc:
    """How surely a row of a class is ranked above a row of another: 1 is always, 0.5 is chance."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["max", "min"]] = "max"

    def measure(self, outcome: Outcome) -> float | None:
        """One class against the rest, the mean over classes; None when a class has no rows."""
        if not isinstance(outcome, Classified):
            return None
        classes = outcome.probabilities.shape[1]
        judged = (1,) if classes == 2 else range(classes)  # two classes mirror each other
        areas = [_area(outcome.probabilities[:, each], outcome.actual == each) for each in judged]
        known = [area for area in areas if area is not None]
        return sum(known) / len(known) if known and len(known) == len(areas) else None


def _area(scores: Tensor, positive: Tensor) -> float | None:
    """Share of (positive, negative) pairs ranked rightly, ties counting half."""
    import torch

    found = int(positive.sum())
    others = len(positive) - found
    if not found or not others:
        return None
    unique = cast("_Unique", torch.unique)
    levels, where, counts = unique(scores, return_inverse=True, return_counts=True)
    of_level = torch.zeros(len(levels), dtype=torch.int64, device=scores.device)
    of_level.index_add_(0, where, positive.long())
    below = counts.cumsum(0) - counts
    # The mean rank of a level, doubled so that everything stays a whole number.
    ranks = 2 * below + counts + 1
    doubled = int((of_level * ranks).sum()) - found * (found + 1)
    return doubled / (2 * found * others)

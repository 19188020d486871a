"""Intersection over union, also called the Jaccard index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from trainers.targets import Classified, Outcome, Task


@kind("Segmentation")
@dataclass(frozen=True, slots=True)
class Iou:
    """The pixels in common by the pixels of either, the mean over classes (Jaccard, 1901).

    Counted over all pixels of all pictures at once; classes that neither truth nor answers have
    do not count.
    """

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["max", "min"]] = "max"

    background: bool = param(
        False, help="Whether the first class counts too; it mostly is the background."
    )

    def measure(self, outcome: Outcome) -> float | None:
        """The mean over classes, from the exact counts."""
        if not isinstance(outcome, Classified):
            return None
        counts = outcome.confusion.double()
        common = counts.diagonal()
        either = counts.sum(0) + counts.sum(1) - common
        chosen = either > 0
        chosen[0] &= self.background
        shares = common[chosen] / either[chosen]
        return shares.mean().item() if len(shares) else None

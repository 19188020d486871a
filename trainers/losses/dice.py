"""Dice loss of areas (Milletari et al., 2016, V-Net)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Classification")
@dataclass(frozen=True, slots=True)
class Dice:
    """Compares areas, so that a small object counts as much as a large background."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    smooth: float = param(
        1.0, above=0, help="Added above and below, so that empty areas are defined.", advanced=True
    )

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (scores, class numbers or truth from 0 to 1) that gives 1 - Dice.

        Scores of one channel go through a sigmoid, several through a softmax; all classes count
        alike.
        """

        def dice(of: Tensor, against: Tensor) -> Tensor:
            share, truth = _areas(of, against)
            both = (share * truth).sum(0)
            sizes = share.sum(0) + truth.sum(0)
            return 1 - ((2 * both + self.smooth) / (sizes + self.smooth)).mean()

        return dice


def _areas(of: Tensor, against: Tensor) -> tuple[Tensor, Tensor]:
    """Shares of the classes and the truth, both places x classes."""
    from torch.nn import functional

    from trainers.class_axis import known_rows

    if against.is_floating_point() or of.numel() == against.numel():
        return of.sigmoid().reshape(-1, 1), against.to(of.dtype).clamp(min=0).reshape(-1, 1)
    scores, classes = known_rows(of, against)
    return scores.softmax(1), functional.one_hot(classes, scores.shape[1]).to(scores.dtype)

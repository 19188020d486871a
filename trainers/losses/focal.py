"""Focal loss (Lin et al., 2017, Focal Loss for Dense Object Detection)."""

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
class Focal:
    """Cross-entropy that counts easy rows less, for classes of which one is rare."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    gamma: float = param(
        2.0, low=0, high=10, help="How much less easy rows count; 0 is cross-entropy."
    )

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (scores of classes, class numbers) that gives the mean."""

        def focal(of: Tensor, against: Tensor) -> Tensor:
            from trainers.class_axis import known_rows

            scores, classes = known_rows(of, against)
            log = scores.log_softmax(1).gather(1, classes[:, None])[:, 0]
            # Kept above 0, where the slope of a root has no end.
            missed = (-log.expm1()).clamp(min=1e-7)
            return -(missed**self.gamma * log).sum() / max(1, len(log))

        return focal

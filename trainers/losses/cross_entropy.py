"""Cross-entropy, the loss of classification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


UNKNOWN = -1
"""The class number of a position or pixel that counts nowhere."""


@kind("Classification")
@dataclass(frozen=True, slots=True)
class CrossEntropy:
    """Rewards a high probability for the true class; the usual loss for classes."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)

    label_smoothing: float = param(
        0.0,
        low=0,
        high=1,
        help="Share of certainty spread over all classes, against overconfidence.",
    )
    class_weights: Literal["balanced"] | None = param(
        None, help="balanced lets rare classes count as much as common ones."
    )

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:
        """The function of (rows x classes, class numbers) that gives the mean."""
        import torch

        weight = None
        if self.class_weights == "balanced" and target is not None:
            rows, classes = sum(target.counts), len(target.counts)
            weights = [rows / (classes * max(count, 1)) for count in target.counts]
            weight = torch.tensor(weights, dtype=torch.float32, device=device)
        return partial(
            torch.nn.functional.cross_entropy,
            weight=weight,
            ignore_index=UNKNOWN,
            label_smoothing=self.label_smoothing,
        )

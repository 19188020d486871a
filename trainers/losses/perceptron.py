"""The perceptron's loss: a hinge without margin (Rosenblatt, 1958)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Classification")
@dataclass(frozen=True, slots=True)
class Perceptron:
    """Only rows on the wrong side count: Rosenblatt's learning rule."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (scores, classes or 1 and 0) that gives the mean."""
        from trainers.margins import margin_loss

        return partial(margin_loss, margin=0.0)

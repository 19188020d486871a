"""Hinge loss: of classes, or of one score against 1 and 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Classification")
@dataclass(frozen=True, slots=True)
class Hinge:
    """Asks for a margin between the true class and the rest; the loss of an SVM."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    margin: float = param(1.0, above=0, help="By how much the true class has to lead.")

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (scores, classes or 1 and 0) that gives the mean."""
        from trainers.margins import margin_loss

        return partial(margin_loss, margin=self.margin)

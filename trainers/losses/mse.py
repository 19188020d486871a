"""Mean squared error, the usual loss of regression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Regression")
@dataclass(frozen=True, slots=True)
class Mse:
    """Punishes the square of the error, so that large errors count most; usual for numbers."""

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (outputs, targets) that gives the mean."""
        from torch.nn import functional

        from trainers.pairs import paired

        return lambda of, against: functional.mse_loss(*paired(of, against))

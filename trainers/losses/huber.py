"""The Huber loss: squared error for small errors, absolute error for large ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Regression")
@dataclass(frozen=True, slots=True)
class Huber:
    """Squares small errors and takes large ones as they are, so that outliers do no harm."""

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)

    delta: float = param(
        1.0, above=0, help="Where an error becomes large, in deviations of the target."
    )

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (outputs, targets) that gives the mean."""
        from torch.nn import functional

        from trainers.pairs import paired

        return lambda of, against: functional.huber_loss(*paired(of, against), delta=self.delta)

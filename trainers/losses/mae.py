"""Mean absolute error (PyTorch's L1 loss)."""

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
class Mae:
    """Punishes the size of the error, so that outliers count no more than they are."""

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (outputs, targets) that gives the mean."""
        from torch.nn import functional

        from trainers.pairs import paired

        return lambda of, against: functional.l1_loss(*paired(of, against))

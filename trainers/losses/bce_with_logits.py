"""Binary cross-entropy of raw scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Classification")
@dataclass(frozen=True, slots=True)
class BceWithLogits:
    """Yes or no from raw scores; also the usual loss of a critic that tells real from made."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (scores, truth from 0 to 1, of one shape) that gives the mean."""
        from torch.nn import functional

        from trainers.pairs import paired

        return lambda of, against: functional.binary_cross_entropy_with_logits(*paired(of, against))

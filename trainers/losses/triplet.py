"""Triplet margin loss (Schroff et al., 2015, FaceNet)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Similarity")
@dataclass(frozen=True, slots=True)
class Triplet:
    """Brings the anchor nearer to what is like it than to what is not."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("anchor", "positive", "negative")

    margin: float = param(1.0, above=0, help="How much nearer it has to be.")

    def build(
        self,
        target: Target | None,  # noqa: ARG002
        device: str,  # noqa: ARG002
    ) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
        """The function of (anchor, positive, negative), rows x width, that gives the mean."""

        def triplet(anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
            from torch.nn import functional

            return functional.triplet_margin_loss(
                anchor.flatten(1), positive.flatten(1), negative.flatten(1), margin=self.margin
            )

        return triplet

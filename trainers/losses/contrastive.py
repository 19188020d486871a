"""Contrastive loss of pairs (Hadsell et al., 2006)."""

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
class Contrastive:
    """Pulls pairs that are alike together and others apart, up to a margin."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("first", "second", "against")

    margin: float = param(1.0, above=0, help="How far apart those that differ have to be.")

    def build(
        self,
        target: Target | None,  # noqa: ARG002
        device: str,  # noqa: ARG002
    ) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
        """The function of (one, another, 1 where they are alike and else 0) that gives the mean."""

        def contrast(first: Tensor, second: Tensor, against: Tensor) -> Tensor:
            alike = against.to(first.dtype).reshape(-1)
            square = (first - second).flatten(1).square().sum(1)
            # Kept above 0, where the slope of a root has no end.
            short = (self.margin - square.clamp(min=1e-12).sqrt()).relu()
            return (alike * square + (1 - alike) * short.square()).mean()

        return contrast

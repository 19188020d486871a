"""Cosine embedding loss."""

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
class CosineEmbedding:
    """Turns vectors that are alike into one direction and others away from it."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("first", "second", "against")

    margin: float = param(0.0, low=-1, high=1, help="The cosine that those that differ may have.")

    def build(
        self,
        target: Target | None,  # noqa: ARG002
        device: str,  # noqa: ARG002
    ) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
        """The function of (one, another, 1 where they are alike and else 0 or -1), as a mean."""

        def cosine(first: Tensor, second: Tensor, against: Tensor) -> Tensor:
            from torch.nn import functional

            alike = against.reshape(-1) > 0
            angle = functional.cosine_similarity(first.flatten(1), second.flatten(1))
            return (1 - angle).where(alike, (angle - self.margin).relu()).mean()

        return cosine

"""InfoNCE (van den Oord et al., 2018), symmetric as in CLIP (Radford et al., 2021)."""

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
class InfoNce:
    """Pulls the two of a pair together and apart from all others of the batch."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    temperature: float = param(0.07, above=0, help="How sharply the most similar are told apart.")
    symmetric: bool = param(True, help="Whether both sides look for their partner.")

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (one side, the other side), rows x width, that gives the mean.

        Rows of the same number belong together; similarity is the cosine.
        """

        def contrast(of: Tensor, against: Tensor) -> Tensor:
            import torch
            from torch.nn import functional

            one = functional.normalize(of.flatten(1), dim=1)
            other = functional.normalize(against.flatten(1), dim=1)
            scores = one @ other.T / self.temperature
            places = torch.arange(len(scores), device=scores.device)
            loss = functional.cross_entropy(scores, places)
            if not self.symmetric:
                return loss
            return (loss + functional.cross_entropy(scores.T, places)) / 2

        return contrast

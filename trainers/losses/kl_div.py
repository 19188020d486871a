"""Kullback-Leibler divergence between scores of classes (Hinton et al., 2015)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Distribution")
@dataclass(frozen=True, slots=True)
class KlDiv:
    """Lets one network's scores follow another's: knowledge distillation."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    temperature: float = param(1.0, above=0, help="Softens both; distillation often takes 4.")

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (scores, scores to follow), classes last, that gives the mean over rows.

        Both are softened by the temperature, whose square keeps the size of the gradients.
        """

        def divergence(of: Tensor, against: Tensor) -> Tensor:
            from torch.nn import functional

            width = of.shape[-1]
            own = (of / self.temperature).log_softmax(-1).reshape(-1, width)
            wanted = (against / self.temperature).log_softmax(-1).reshape(-1, width)
            found = functional.kl_div(own, wanted, log_target=True, reduction="batchmean")
            return found * self.temperature**2

        return divergence

"""Quantile regression: the pinball loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Fault, Shape
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Regression")
@dataclass(frozen=True, slots=True)
class Quantile:
    """Aims below the truth in one share of the rows and above it in the rest (pinball loss)."""

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    quantiles: tuple[float, ...] = param(
        (0.5,),
        above=0,
        below=1,
        help="Shares of the rows that lie below each answer; 0.5 is the median.",
    )

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (answers, numbers) that gives the mean over rows and quantiles.

        With several quantiles the last axis of the answers holds one answer for each of them.
        """

        def pinball(of: Tensor, against: Tensor) -> Tensor:
            levels = of.new_tensor(self.quantiles)
            if len(self.quantiles) > 1:
                truth = against.to(of.dtype).reshape(*of.shape[:-1], 1)
            else:
                truth = against.to(of.dtype).reshape(of.shape)
            error = truth - of
            return (error.relu() * levels + (-error).relu() * (1 - levels)).mean()

        return pinball

    def shape(self, of: Shape, against: Shape) -> Fault | None:  # noqa: ARG002
        """Several quantiles need an answer for each."""
        wanted = len(self.quantiles)
        if wanted > 1 and (not of.sizes or of.sizes[-1] != wanted):
            return Fault(
                f"has {wanted} quantiles but gets {of}", f"end the model with: - linear: {wanted}"
            )
        return None

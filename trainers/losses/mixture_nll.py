"""Negative log-likelihood of a mixture (Bishop, 1994)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.shapes import Fault, Shape
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Distribution")
@dataclass(frozen=True, slots=True)
class MixtureNll:
    """Answers with several normal distributions at once: mixture density networks."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (weights, means and log-scales side by side; numbers) as a mean.

        The last axis holds a third each: scores of the weights, means, logarithms of deviations.
        """

        def nll(of: Tensor, against: Tensor) -> Tensor:
            from trainers.pairs import bounded_exp

            weights, means, scales = of.reshape(-1, of.shape[-1]).chunk(3, dim=1)
            truth = against.to(of.dtype).reshape(-1, 1)
            away = (truth - means) * bounded_exp(-scales, 10.0)
            each = weights.log_softmax(1) - 0.5 * away.square() - scales
            return 0.5 * math.log(2 * math.pi) - each.logsumexp(1).mean()

        return nll

    def shape(self, of: Shape, against: Shape) -> Fault | None:  # noqa: ARG002
        """Three numbers for each part of the mixture."""
        last = of.sizes[-1] if of.sizes else 1
        if isinstance(last, int) and last % 3:
            return Fault(
                f"needs three numbers for each part but gets {of}", "give it 3, 6, 9 … numbers"
            )
        return None

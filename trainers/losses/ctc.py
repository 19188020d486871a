"""Connectionist temporal classification (Graves et al., 2006)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from nnspec.shapes import Fault, Shape
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Classification")
@dataclass(frozen=True, slots=True)
class Ctc:
    """Spells a text from a longer sequence without knowing where each sign stands."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("of", "against")

    def build(self, target: Target | None, device: str) -> Callable[[Tensor, Tensor], Tensor]:  # noqa: ARG002
        """The function of (scores, tokens) that gives the mean over sequences.

        Scores are `batch x tokens x length`, token 0 is the blank; tokens are `batch x length`,
        padded with 0 or -1. A text longer than its sequence can spell counts 0.
        """

        def ctc(of: Tensor, against: Tensor) -> Tensor:
            import torch
            from torch.nn import functional

            rows, _, length = of.shape
            lengths = (against > 0).sum(1)
            return functional.ctc_loss(
                of.log_softmax(1).permute(2, 0, 1),
                against.clamp(min=0),
                torch.full((rows,), length, dtype=torch.long),
                lengths.cpu(),
                zero_infinity=True,
            )

        return ctc

    def shape(self, of: Shape, against: Shape) -> Fault | None:
        """A sequence of scores against a sequence of tokens."""
        if len(of) != 2:
            return Fault(f"needs scores for each position but gets {of}", "length x tokens")
        if len(against) != 1:
            return Fault(f"needs tokens but compares with {against}", "give it a text")
        return None

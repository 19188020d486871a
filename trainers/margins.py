"""By how much the right answer leads: what hinge and perceptron share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainers.class_axis import known_rows
from trainers.pairs import paired

if TYPE_CHECKING:
    from torch import Tensor


def margin_loss(scores: Tensor, truth: Tensor, margin: float) -> Tensor:
    """How far the right side falls short of leading by `margin`, on the mean.

    Args:
        scores: one a row, or one for each class.
        truth: 1 and 0 (or -1) for single scores; class numbers for several, as
            `torch.nn.functional.multi_margin_loss` takes them.
        margin: how much it has to lead; 0 for the perceptron.
    """
    if truth.is_floating_point() or scores.numel() == truth.numel():
        score, side = paired(scores, truth)
        return (margin - score.where(side > 0, -score)).relu().mean()
    rows, classes = known_rows(scores, truth)
    short = (margin - rows.gather(1, classes[:, None]) + rows).relu()
    others = short.scatter(1, classes[:, None], 0.0)
    return others.sum() / max(1, rows.numel())

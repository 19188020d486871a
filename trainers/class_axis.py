"""Classes of rows, positions and pixels laid out as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def known_rows(answers: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    """Lay rows, positions or pixels out as rows, without those whose class is unknown (-1).

    Args:
        answers: batch x classes, with any axes behind: as losses of PyTorch take them.
        classes: class numbers, of the same shape without the axis of the classes.

    Returns:
        Scores, places x classes, and class numbers, places.
    """
    rows = answers.movedim(1, -1).reshape(-1, answers.shape[1])
    truth = classes.reshape(-1)
    if answers.dim() == 2:
        return rows, truth
    known = truth >= 0
    return rows[known], truth[known]

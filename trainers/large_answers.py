"""Judges answers that are too large to be held at once: a class for each position of each text.

The network answers for some rows at a time; of each position only the likeliest class is kept, and
the mean loss is put together from the means of the pieces, each counting as many positions as it
knows. So loss and accuracy are those of all rows, but no probabilities remain.
"""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import torch
from torch import Tensor, nn

from trainers.batches import Rows
from trainers.objective import LossFunction, matching
from trainers.targets import Classified, Target

NUMBERS_HELD: Final = 1 << 26
"""Numbers of an answer that are held at once: a quarter of a gigabyte."""

MOST_COUNTED: Final = 1000
"""Classes above which nobody counts which was taken for which."""


def is_large(rows: int, targets: Sequence[Target]) -> bool:
    """Whether the answers for all rows are too large to be held; only positions are counted."""
    positions = all(target.labels and len(target.shape) == 2 for target in targets)
    return positions and rows * _numbers(targets) > NUMBERS_HELD


def answers_in_pieces(
    network: nn.Module,
    rows: Rows,
    targets: Sequence[Target],
    losses: Mapping[str, LossFunction],
) -> tuple[float, dict[str, tuple[Tensor, Tensor]]]:
    """Return the loss, and the likeliest and the true class of each position by target.

    Positions whose class is unknown are left out; the network's mode is put back.

    Args:
        network: gives a target's answers, rows x positions x classes, by the target's name.
        rows: a part with its targets, rows x positions, -1 where a class is unknown.
        targets: what is predicted.
        losses: by target; each gives the mean over the positions that are known.
    """
    size = max(1, NUMBERS_HELD // (4 * _numbers(targets)))
    sums: dict[str, float] = {target.name: 0.0 for target in targets}
    found: dict[str, list[tuple[Tensor, Tensor]]] = {target.name: [] for target in targets}
    training = network.training
    network.eval()
    with torch.inference_mode():
        for number, inputs in enumerate(rows.in_order(size)):
            answers = network(inputs)
            for name, pieces in found.items():
                whole = rows.targets[name][number * size : (number + 1) * size]
                truth = whole.to(answers[name].device)
                known = truth >= 0
                pieces.append((answers[name].argmax(-1)[known], truth[known]))
                if known.any():
                    mean = losses[name](matching(answers[name], truth), truth).item()
                    sums[name] += mean * int(known.sum())
    network.train(training)
    taken = {
        name: (torch.cat([p for p, _ in pieces]), torch.cat([a for _, a in pieces]))
        for name, pieces in found.items()
    }
    loss = sum(sums[name] / max(1, len(actual)) for name, (_, actual) in taken.items())
    return loss, taken


def outcome_of(target: Target, predicted: Tensor, actual: Tensor) -> Classified:
    """What was predicted beside the truth, as metrics take it, without probabilities."""
    classes = len(target.labels)
    nothing = torch.empty((0, classes), device=actual.device)
    return Classified(nothing, predicted, actual, confusion_of(predicted, actual, classes))


def confusion_of(predicted: Tensor, actual: Tensor, classes: int) -> Tensor:
    """Count which class was taken for which: classes x classes, or x 0 where there are too many."""
    if classes > MOST_COUNTED:
        return torch.zeros((classes, 0), dtype=torch.int64, device=actual.device)
    counts = torch.bincount(actual * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes)


def _numbers(targets: Sequence[Target]) -> int:
    """Numbers of the answers for one row."""
    return sum(
        math.prod(size for size in target.shape.sizes if isinstance(size, int))
        for target in targets
    )

"""How good a network is: its answers for all rows of a part, compared with the truth at once.

The loop judges every epoch here, `netwright evaluate` a finished run. Loss and metrics are computed
over the whole part, never as means over batches, so the size of a batch cannot change them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from trainers.batches import Rows
from trainers.learner import matching
from trainers.targets import Classified, Judgement, Metric, Outcome, Regressed, Target

ROWS_AT_ONCE: Final = 4096
NUMBERS_AT_ONCE: Final = 1 << 20
MOST_CLASSES_SHOWN: Final = 200
"""Classes above which an event carries no confusion matrix: nobody could read it."""

Restore = Callable[[np.ndarray], np.ndarray]
LossFunction = Callable[[Tensor, Tensor], Tensor]


def answers(network: nn.Module, rows: Rows, target: str) -> Tensor:
    """Return the network's outputs for all rows, in evaluation mode; the mode is put back."""
    numbers = sum(x[0].numel() for x in rows.inputs.values()) or 1
    size = max(1, min(ROWS_AT_ONCE, NUMBERS_AT_ONCE // numbers))
    training = network.training
    network.eval()
    with torch.inference_mode():
        found = [network(inputs)[target] for inputs in rows.in_order(size)]
    network.train(training)
    return torch.cat(found)


def judge(
    network: nn.Module,
    rows: Rows,
    target: Target,
    loss: LossFunction,
    metrics: Mapping[str, Metric],
    restore: Restore,
) -> Judgement:
    """Judge a network on all rows of a part.

    Args:
        network: gives the target's outputs by the target's name.
        rows: a part with its target.
        target: what is predicted.
        loss: as the loss kind built it.
        metrics: by name; one that is not defined for these rows is left out.
        restore: turns outputs back into the target's unit (for numbers).
    """
    assert rows.target is not None
    outputs = answers(network, rows, target.name)
    truth = rows.target.to(outputs.device)
    with torch.inference_mode():
        measured = loss(matching(outputs, truth), truth).item()
        outcome = compare(outputs, truth, target, restore)
        found = {name: metric.measure(outcome) for name, metric in metrics.items()}
    known = {name: value for name, value in found.items() if value is not None}
    return Judgement(len(rows), measured, known, _counts(outcome))


def compare(outputs: Tensor, truth: Tensor, target: Target, restore: Restore) -> Outcome:
    """Put answers beside the truth, as metrics take them."""
    if target.task == "regression":
        unit = [
            torch.from_numpy(np.asarray(restore(values.cpu().double().numpy())).reshape(-1))
            for values in (outputs, truth)
        ]
        return Regressed(unit[0].double(), unit[1].double())
    predicted, classes = outputs.argmax(1), outputs.shape[1]
    cells = torch.bincount(truth * classes + predicted, minlength=classes * classes)
    return Classified(probabilities(outputs), predicted, truth, cells.view(classes, classes))


def probabilities(outputs: Tensor) -> Tensor:
    """Turn the outputs of a classification into probabilities, float32."""
    return torch.softmax(outputs.float(), dim=1)


def _counts(outcome: Outcome) -> tuple[tuple[int, ...], ...] | None:
    if isinstance(outcome, Regressed) or len(outcome.confusion) > MOST_CLASSES_SHOWN:
        return None
    return tuple(tuple(row) for row in outcome.confusion.tolist())

"""How good a network is: its answers for all rows of a part, compared with the truth at once.

The loop judges every epoch here, `netwright evaluate` a finished run. Loss and metrics are computed
over the whole part, never as means over batches, so the size of a batch cannot change them.
"""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, Protocol

import torch
from torch import Tensor, nn

from nnspec.spec import Train
from trainers.batches import Rows
from trainers.defaults import metric_name
from trainers.large_answers import answers_in_pieces, confusion_of, is_large, outcome_of
from trainers.objective import (
    LossFunction,
    ObjectiveStep,
    Supervised,
    built_losses,
    total_loss,
)
from trainers.plan import unchanged
from trainers.targets import Classified, Judgement, Metric, Outcome, Regressed, Target
from trainers.texts import Array

ROWS_AT_ONCE: Final = 4096
NUMBERS_AT_ONCE: Final = 1 << 20
Restore = Callable[[Array], Array]


def answers(network: nn.Module, rows: Rows) -> dict[str, Tensor]:
    """Return the network's outputs for all rows, in evaluation mode; the mode is put back."""
    numbers = sum(x[0].numel() for x in rows.inputs.values()) or 1
    size = max(1, min(ROWS_AT_ONCE, NUMBERS_AT_ONCE // numbers))
    training = network.training
    network.eval()
    with torch.inference_mode():
        found = [network(inputs) for inputs in rows.in_order(size)]
    network.train(training)
    if rows.chosen is not None:
        return {name: x[rows.chosen] for name, x in found[0].items()}
    return {name: torch.cat([each[name] for each in found]) for name in found[0]}


def judge(
    network: nn.Module,
    rows: Rows,
    targets: Sequence[Target],
    losses: Mapping[str, LossFunction],
    metrics: Mapping[str, Metric],
    restores: Mapping[str, Restore],
) -> Judgement:
    """Judge a network on all rows of a part.

    Args:
        network: gives a target's outputs by the target's name.
        rows: a part with its targets.
        targets: what is predicted.
        losses: by target, as the loss kinds built them.
        metrics: by name; one that is not defined for these rows is left out.
        restores: turn outputs back into a target's unit (for numbers), by target.
    """
    large = rows.chosen is None and is_large(len(rows), targets)
    judged = _in_pieces if large else _at_once
    measured, outcomes = judged(network, rows, targets, losses, restores)
    known: dict[str, float] = {}
    confusions: dict[str, Array] = {}
    for target in targets:
        outcome = outcomes[target.name]
        with torch.inference_mode(), _counting():
            found = {n: m.measure(outcome) for n, m in metrics.items() if target.task in m.tasks}
        known |= {
            metric_name(name, target.name, several=len(targets) > 1): value
            for name, value in found.items()
            if value is not None
        }
        if isinstance(outcome, Classified) and outcome.confusion.numel():
            confusions[target.name] = outcome.confusion.cpu().numpy()
    return Judgement(len(rows), measured, known, confusions)


class Judged(Protocol):
    """What says how a run is judged: its plan, or the trained run."""

    @property
    def train(self) -> Train:
        """Resolved."""
        ...

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the data asks for."""
        ...

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """By name."""
        ...

    @property
    def restores(self) -> Mapping[str, Restore]:
        """What turns outputs back into a target's unit, by target."""
        ...


def judge_run(
    network: nn.Module,
    rows: Rows,
    steps: Sequence[ObjectiveStep],
    about: Judged,
    epoch: int | None = None,
) -> Judgement:
    """Judge a network by the losses of its steps, and by metrics where it answers for targets.

    Args:
        network: what was trained.
        rows: a part.
        steps: the compiled objective.
        about: the targets and metrics.
        epoch: counted from 1, for weights that change; the last one where it is None.
    """
    answering = getattr(network, "outputs", None)
    targets = [target for target in about.targets if answering is None or target.name in answering]
    first = steps[0].objective
    if isinstance(first, Supervised):
        return judge(network, rows, targets, first.losses, about.metrics, about.restores)
    settings = about.train.settings
    losses = judge_steps(network, rows, steps, settings.batch_size, epoch or settings.epochs)
    judged = Judgement(len(rows), 0.0)
    if targets:
        usual = {name: choice.made for name, choice in about.train.target_losses.items()}
        built = built_losses(usual, targets, rows.device)
        judged = judge(network, rows, targets, built, about.metrics, about.restores)
    total = sum(losses.values())
    named = {f"{name}_loss": value for name, value in losses.items() if name}
    return replace(judged, loss=total, metrics={**named, **judged.metrics})


def judge_steps(
    network: nn.Module, rows: Rows, steps: Sequence[ObjectiveStep], batch_size: int, epoch: int
) -> dict[str, float]:
    """Return the mean loss of each step over all rows, by its name.

    Batches are those of training, in the order of the rows, because a loss may compare the rows of
    a batch. What is random is drawn from a fixed seed, and the generators are put back: judging
    changes nothing, and every epoch is judged alike.
    """
    sums = {step.name: 0.0 for step in steps}
    training = network.training
    network.eval()
    devices = [torch.cuda.current_device()] if rows.device == "cuda" else []
    slopes = any(step.objective.slopes for step in steps)
    with torch.random.fork_rng(devices), torch.inference_mode(not slopes):
        torch.manual_seed(0)
        for batch in rows.judged(batch_size):
            for step in steps:
                loss = step.objective.loss(batch, epoch).item()
                sums[step.name] += loss * batch.rows / len(rows)
    network.train(training)
    return sums


def _at_once(
    network: nn.Module,
    rows: Rows,
    targets: Sequence[Target],
    losses: Mapping[str, LossFunction],
    restores: Mapping[str, Restore],
) -> tuple[float, dict[str, Outcome]]:
    outputs = answers(network, rows)
    truths = {name: y.to(outputs[name].device) for name, y in rows.targets.items()}
    with torch.inference_mode():
        measured = total_loss(outputs, truths, losses).item()
    outcomes: dict[str, Outcome] = {}
    with torch.inference_mode(), _counting():
        for each in targets:
            restore = restores.get(each.name, unchanged)
            outcomes[each.name] = compare(outputs[each.name], truths[each.name], each, restore)
    return measured, outcomes


def _in_pieces(
    network: nn.Module,
    rows: Rows,
    targets: Sequence[Target],
    losses: Mapping[str, LossFunction],
    restores: Mapping[str, Restore],  # noqa: ARG001 - classes are not restored
) -> tuple[float, dict[str, Outcome]]:
    measured, found = answers_in_pieces(network, rows, targets, losses)
    with _counting():
        outcomes: dict[str, Outcome] = {
            each.name: outcome_of(each, *found[each.name]) for each in targets
        }
    return measured, outcomes


def compare(outputs: Tensor, truth: Tensor, target: Target, restore: Restore) -> Outcome:
    """Put answers beside the truth, as metrics take them."""
    if target.task == "regression":
        unit = [
            torch.as_tensor(restore(values.cpu().double().numpy()), dtype=torch.float64).reshape(-1)
            for values in (outputs, truth)
        ]
        return Regressed(unit[0], unit[1])
    if outputs.device.type == "mps":  # has no float64
        outputs, truth = outputs.cpu(), truth.cpu()
    outputs, truth = _flat(outputs, truth)
    predicted = outputs.argmax(1)
    cells = confusion_of(predicted, truth, outputs.shape[1])
    return Classified(probabilities(outputs), predicted, truth, cells)


def _flat(outputs: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Lay positions or pixels out as rows, those whose class is known: rows x classes, rows."""
    if outputs.dim() == 2:
        return outputs, truth
    last = outputs.movedim(1, -1) if outputs.dim() == 4 else outputs
    rows, classes = last.reshape(-1, last.shape[-1]), truth.reshape(-1)
    known = classes >= 0
    return rows[known], classes[known]


@contextmanager
def _counting() -> Generator[None]:
    """Let torchmetrics count with `bincount`, for a while.

    While torch is deterministic it compares every row with every cell of the confusion matrix
    instead: rows x classes x classes numbers, gigabytes for 200 classes. Whole numbers add up to
    the same in any order.
    """
    before = torch.get_deterministic_debug_mode()
    torch.set_deterministic_debug_mode("default")
    try:
        yield
    finally:
        torch.set_deterministic_debug_mode(before)


def probabilities(outputs: Tensor) -> Tensor:
    """Turn the outputs of a classification into probabilities, float32."""
    return torch.softmax(outputs.float(), dim=1)

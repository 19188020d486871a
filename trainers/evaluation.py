"""How good a network is: its answers for all rows of a part, compared with the truth at once.

The loop judges every epoch here, `netwright evaluate` a finished run. Loss and metrics are computed
over the whole part, never as means over batches, so the size of a batch cannot change them.
"""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from nnspec.problems import Problem, Problems, has_errors
from trainers.batches import Rows
from trainers.defaults import metric_name
from trainers.exits import trouble
from trainers.findings import Findings, report
from trainers.fitted import Part
from trainers.large_answers import answers_in_pieces, confusion_of, is_large, outcome_of
from trainers.learner import LossFunction, built_losses, total_loss
from trainers.plan import content_of, unchanged
from trainers.preparation import arrange, open_other
from trainers.record import RunRecord
from trainers.targets import Classified, Judgement, Metric, Outcome, Regressed, Target
from trainers.texts import Array

if TYPE_CHECKING:
    from trainers.trained import Trained

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
    large = is_large(len(rows), targets)
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


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a trained run is on some rows. `split` is a part's name, or "data" for a file.

    `labels` are the classes of the targets that have some.
    """

    split: str
    judgement: Judgement
    labels: Mapping[str, tuple[str, ...]]
    notices: tuple[Problem, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as `evaluate --json` prints it."""
        judged = self.judgement
        numbers = {"loss": judged.loss, **judged.metrics}
        told: dict[str, Any] = {
            "split": self.split,
            "rows": judged.rows,
            "metrics": {n: v if math.isfinite(v) else None for n, v in numbers.items()},
        }
        matrices = {
            name: {"labels": list(self.labels[name]), "matrix": counts.tolist()}
            for name, counts in judged.confusions.items()
        }
        if matrices:
            told["confusion"] = matrices if len(self.labels) > 1 else next(iter(matrices.values()))
        return told


def evaluate(
    trained: Trained, *, split: str = "test", data: Path | None = None
) -> Evaluation | tuple[Problem, ...]:
    """Judge a trained run on a part of its own data, or on all rows of another file.

    Args:
        trained: the run's best network.
        split: "train", "validation" or "test", divided as they were for training.
        data: judge on this file instead; it needs the target column.
    """
    text = trained.run.text()
    problems = Problems(text)
    part = _of_file(trained, data, problems) if data else _of_split(trained, split, problems)
    if part is None or has_errors(problems):
        return problems.sorted()
    known = _known(part, trained.targets)
    if not len(known.rows):
        where, names = data or f"the {split} part", _quoted(trained.targets)
        return (trouble("data.no_rows", f"{where} has no rows whose {names} is known"),)
    judged = judge(
        trained.network,
        trained.rows(known),
        trained.targets,
        built_losses(trained.losses, trained.targets, trained.device),
        trained.metrics,
        trained.restores,
    )
    labels = {target.name: target.labels for target in trained.targets if target.labels}
    return Evaluation("data" if data else split, judged, labels, problems.sorted())


def _quoted(targets: Sequence[Target]) -> str:
    return " and ".join(f"'{target.name}'" for target in targets)


def _of_split(trained: Trained, split: str, problems: Problems) -> Part | None:
    """Divide the run's data again, and encode one part as it was for training."""
    findings = Findings()
    arranged = arrange(trained.data, trained.run.source_folder(), findings)
    part = None
    if arranged is not None and not findings.failed:
        part = trained.fitted.encode(arranged.table, findings, arranged.parts[split])
        _note_change(trained, content_of(arranged.table.fingerprint), problems)
    _offer_other_data(findings)
    report(findings, trained.data, problems)
    return part


def _offer_other_data(findings: Findings) -> None:
    """A run judges other data where its own is not there, as on another machine."""
    findings.found = [
        replace(found, hint=f"{found.hint}; or judge other data with --data FILE")
        if found.code == "data.missing_file"
        else found
        for found in findings.found
    ]


def _of_file(trained: Trained, path: Path, problems: Problems) -> Part | None:
    table = open_other(trained.data, path, problems, targets=trained.names)
    if table is None:
        return None
    absent = [target for target in trained.targets if target.name not in table.columns]
    if absent:
        words = f"{path} has no column {_quoted(absent)} to compare with"
        problems.extend([trouble("data.no_target", words, file=path)])
        return None
    findings = Findings(str(path))
    part = trained.fitted.encode(table, findings)
    report(findings, trained.data, problems)
    return part


def _note_change(trained: Trained, now: Mapping[str, str], problems: Problems) -> None:
    record = trained.run.record()
    if isinstance(record, RunRecord) and record.data is not None and dict(record.data) != dict(now):
        words = "the data has changed since the run was trained; its parts may hold other rows"
        problems.extend([replace(trouble("data.changed", words), severity="warning")])


def _known(part: Part, targets: Sequence[Target]) -> Part:
    """Leave out rows of which a target is missing or unknown."""
    known = np.ones(len(part.rows), dtype=bool)
    for target in targets:
        truth = part.targets[target.name]
        cells = truth >= 0 if target.labels else np.isfinite(truth)
        known &= cells.reshape(len(truth), -1).any(axis=1)
    if known.all():
        return part
    return Part(
        {name: array[known] for name, array in part.inputs.items()},
        {name: array[known] for name, array in part.targets.items()},
        part.rows[known],
    )

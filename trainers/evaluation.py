"""A trained run judged, as `netwright evaluate` prints it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnspec.problems import Problem, Problems, has_errors
from trainers.exits import trouble
from trainers.findings import Findings, report
from trainers.fitted import Part
from trainers.judging import judge_run
from trainers.objective import compile_objective
from trainers.plan import content_of
from trainers.preparation import arrange, open_other
from trainers.record import RunRecord
from trainers.targets import Judgement, Target

if TYPE_CHECKING:
    from trainers.trained import Trained


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
        known_words = f" whose {names} is known" if names else ""
        return (trouble("data.no_rows", f"{where} has no rows{known_words}"),)
    steps = compile_objective(trained.train, trained.network, trained.targets, trained.device)
    judged = judge_run(trained.network, trained.rows(known), steps, trained)
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
    inputs = part.inputs
    if not part.whole:
        inputs = {name: array[known] for name, array in inputs.items()}
    truths = {name: array[known] for name, array in part.targets.items()}
    return Part(inputs, truths, part.rows[known], part.whole)

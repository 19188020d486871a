"""The events of a training loop, made from where it stands: how it begins, how it ends."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from trainers.events import RunEnded, RunStarted, Status
from trainers.plan import Plan
from trainers.targets import Judgement
from trainers.tracking import Tracker
from trainers.updates import Place

MOST_CLASSES_SHOWN: Final = 200
"""Classes above which an event carries no confusion matrix: nobody could read it."""


def run_started(plan: Plan, at: Place) -> RunStarted:
    """The run is taken up here."""
    return RunStarted(
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        run=plan.run,
        step=at.step,
        epoch=at.epoch,
        steps_per_epoch=at.steps_per_epoch,
        epochs=plan.train.settings.epochs,
        device=plan.device,
        threads=plan.threads,
        parameters=plan.parameters,
        rows={name: len(part.rows) for name, part in plan.parts.items()},
        pid=os.getpid(),
    )


def run_ended(
    plan: Plan,
    at: Place,
    tracker: Tracker,
    status: Status,
    metrics: Mapping[str, float] | None = None,
    *,
    message: str | None = None,
    hint: str | None = None,
    code: str | None = None,
) -> RunEnded:
    """The run is left here; `metrics` are the best epoch's where none are given."""
    return RunEnded(
        status=status,
        run=plan.run,
        step=at.step,
        epoch=at.epoch,
        metrics=dict(tracker.metrics) if metrics is None else metrics,
        best_epoch=tracker.best_epoch,
        message=message,
        hint=hint,
        code=code,
    )


def run_failed(
    plan: Plan, at: Place, tracker: Tracker, lr: float, batch: Sequence[int]
) -> RunEnded:
    """The loss is no number: says where, and which of the training rows begin the batch."""
    where = f"step {at.step + 1}, epoch {at.epoch + 1}"
    numbers = ", ".join(str(plan.parts["train"].rows[row] + 1) for row in batch)
    rows = f"; its batch begins with the rows {numbers}" if numbers else ""
    return run_ended(
        plan,
        at,
        tracker,
        "failed",
        message=f"the loss is no longer a finite number ({where}, learning rate {lr:g}{rows})",
        hint="lower the learning rate, set clip_gradient_norm, look for extreme values in the data",
        code="nan",
    )


def confusion(judged: Judgement | None, plan: Plan) -> dict[str, Any]:
    """The first confusion matrix that can be read, as an `EpochEnded` carries it."""
    labels = {target.name: target.labels for target in plan.targets}
    for name, matrix in judged.confusions.items() if judged else ():
        if len(labels[name]) <= MOST_CLASSES_SHOWN:
            return {"confusion": matrix.tolist(), "labels": labels[name]}
    return {}

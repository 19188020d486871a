"""The history of a run as a closed union of frozen events, one JSON object a line.

The worker appends them to `events.jsonl`; live, finished, crashed and copied runs are read by the same
reducer (`trainers.history`). Every line ends with a `crc` of what stands before it, so a torn or damaged
line is known as such. `sequence` counts from 0 within a run and orders events whatever the clock does.
"""

from __future__ import annotations

import json
import types
import typing
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias

Status = Literal["finished", "stopped", "failed", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A worker took the run up: at the beginning (`step` 0), or again at a checkpoint's step.

    Whatever earlier events said of later steps is void: those steps are done again, identically.
    """

    time: str
    run: str
    step: int
    epoch: int
    steps_per_epoch: int
    epochs: int
    device: str
    threads: int
    parameters: int
    rows: Mapping[str, int]
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A few times a second: where training is. `loss` is the mean since the last Progress."""

    step: int
    epoch: int
    loss: float
    lr: float
    rows_per_second: float
    elapsed: float
    remaining: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochEnded:
    """An epoch is done and judged. Metrics are data: `train_loss`, `val_loss`, `val_accuracy` …

    `confusion` holds counts on the validation rows (rows are true classes) for classification.
    """

    epoch: int
    step: int
    seconds: float
    metrics: Mapping[str, float]
    best: bool
    confusion: Sequence[Sequence[int]] | None = None
    labels: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointSaved:
    """A checkpoint is durable: written, synced, read back and verified."""

    step: int
    epoch: int
    name: str
    best: bool
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSampled:
    """Once a second: use of the machine. Shares from 0 to 1, memory in bytes; GPU values None without one."""

    elapsed: float
    cpu: float
    process_memory: int
    memory_used: int
    memory_total: int
    gpu: float | None = None
    gpu_memory_used: int | None = None
    gpu_memory_total: int | None = None
    gpu_temperature: float | None = None
    gpu_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something the user should know, in a sentence."""

    severity: Literal["note", "warning", "error"]
    code: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The run waits at a step boundary; its state is saved."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """A paused run goes on."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The worker leaves the run. `metrics` are those of the best epoch, and `test_…` when finished."""

    status: Status
    run: str
    step: int
    epoch: int
    metrics: Mapping[str, float]
    best_epoch: int | None = None
    message: str | None = None
    hint: str | None = None
    code: str | None = None


Event: TypeAlias = (
    RunStarted | Progress | EpochEnded | CheckpointSaved | MachineSampled | Noticed | Paused | Continued | RunEnded
)

EVENT_KINDS: Mapping[str, type] = types.MappingProxyType({
    "run_started": RunStarted, "progress": Progress, "epoch_ended": EpochEnded,
    "checkpoint_saved": CheckpointSaved, "machine_sampled": MachineSampled, "noticed": Noticed,
    "paused": Paused, "continued": Continued, "run_ended": RunEnded,
})
_NAMES = {made: name for name, made in EVENT_KINDS.items()}


def to_dict(event: Event) -> dict[str, Any]:
    """Return the event as plain data with its `kind` first."""
    return {"kind": _NAMES[type(event)], **asdict(event)}

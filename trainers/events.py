"""The history of a run as a closed union of frozen events.

The worker appends them to `events.jsonl`, a line each (`trainers.event_lines`); live, finished,
crashed and copied runs are read by the same reducer (`trainers.history`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

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
    """An epoch is done and judged. Metrics are data: `train_loss`, `val_loss` and such.

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
class Previewed:
    """Pictures of an epoch were drawn; `path` is relative to the run's folder."""

    epoch: int
    step: int
    path: str


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
    """Once a second: use of the machine. Shares from 0 to 1, memory in bytes, temperature in °C.

    GPU values are None on a machine without one.
    """

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
    """The worker leaves the run. `metrics` are the best epoch's, and `test_…` when finished."""

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
    RunStarted
    | Progress
    | EpochEnded
    | Previewed
    | CheckpointSaved
    | MachineSampled
    | Noticed
    | Paused
    | Continued
    | RunEnded
)


@dataclass(frozen=True, slots=True)
class Rewound:
    """No event, but what a reader of a journal says when it starts over.

    Everything told so far is void; what follows is the journal from its beginning.
    """

"""What the events of a run add up to: one reducer for live, finished, crashed and copied runs.

`reduce` is fed batches of events in order and keeps a `History` up to date. A run that is taken up
again voids what was told of later steps, because those steps are done once more; the curve then has
every step once. Long runs cost nothing more per event: lists are appended to and cut by bisection.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal

from trainers.events import (
    CheckpointSaved,
    Continued,
    EpochEnded,
    Event,
    MachineSampled,
    Noticed,
    Paused,
    Previewed,
    Progress,
    Rewound,
    RunEnded,
    RunStarted,
)

State = Literal[
    "starting", "running", "paused", "finished", "stopped", "failed", "interrupted", "crashed"
]
ENDED: Final[frozenset[State]] = frozenset({
    "finished", "stopped", "failed", "interrupted", "crashed"
})  # fmt: skip
MACHINE_SECONDS: Final = 600.0
MOST_NOTICES: Final = 200


@dataclass(slots=True)
class Curve:
    """Progress by step, as growing arrays: the step, the loss since the point before, and rates."""

    steps: array[int] = field(default_factory=lambda: array("q"))
    losses: array[float] = field(default_factory=lambda: array("d"))
    lrs: array[float] = field(default_factory=lambda: array("d"))
    speeds: array[float] = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self.steps)

    def cut(self, step: int) -> None:
        """Forget every point after `step`."""
        length = bisect_right(self.steps, step)
        del self.steps[length:], self.losses[length:], self.lrs[length:], self.speeds[length:]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts on the validation rows after an epoch: rows are true classes, columns predicted."""

    epoch: int
    step: int
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(slots=True)
class History:
    """Everything known of a run so far. Changed only by `reduce`.

    Attributes:
        state: as far as events tell; see `settle` for a worker that died.
        started: the newest RunStarted, or None.
        step, epoch: where training is; `elapsed` and `remaining` in seconds.
        epochs: every epoch that was judged, without its confusion matrix.
        confusion, best_confusion: of the newest and of the best epoch.
        revision: grows whenever something already told was taken back, so that a view draws anew.
    """

    state: State = "starting"
    started: RunStarted | None = None
    ended: RunEnded | None = None
    step: int = 0
    epoch: int = 0
    elapsed: float = 0.0
    remaining: float | None = None
    curve: Curve = field(default_factory=Curve)
    epochs: list[EpochEnded] = field(default_factory=list[EpochEnded])
    confusion: Confusion | None = None
    best_confusion: Confusion | None = None
    checkpoint: CheckpointSaved | None = None
    machine: deque[MachineSampled] = field(default_factory=deque[MachineSampled])
    preview: Previewed | None = None
    notices: deque[Noticed] = field(default_factory=lambda: deque[Noticed](maxlen=MOST_NOTICES))
    revision: int = 0

    @property
    def steps_in_all(self) -> int | None:
        """How many steps the whole training has, when known."""
        return self.started.steps_per_epoch * self.started.epochs if self.started else None

    @property
    def best(self) -> EpochEnded | None:
        """The best epoch so far."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.best), None)

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The names of all metrics, in the order in which they first came."""
        return tuple(dict.fromkeys(name for epoch in self.epochs for name in epoch.metrics))

    def metric(self, name: str) -> list[float]:
        """Return a metric for every epoch in `epochs`; nan where an epoch has none of that name."""
        return [epoch.metrics.get(name, math.nan) for epoch in self.epochs]

    @property
    def metrics(self) -> dict[str, float]:
        """The numbers to show for the run as a whole: at its end, else of the best epoch."""
        if self.ended and self.ended.metrics:
            return dict(self.ended.metrics)
        shown = self.best or (self.epochs[-1] if self.epochs else None)
        return dict(shown.metrics) if shown else {}


def reduce(history: History, events: Iterable[Event | Rewound]) -> History:
    """Bring `history` up to date with `events`, in place, and return it."""
    for event in events:
        if isinstance(event, Rewound):
            _forget(history)
        else:
            _TAKE[type(event)](history, event)
    return history


def settle(history: History, *, held: bool) -> History:
    """Call a run crashed that says it works while nobody holds it. In place."""
    if not held and history.state in ("running", "paused"):
        history.state = "crashed"
    return history


def _started(history: History, event: RunStarted) -> None:
    if history.step > event.step:
        history.revision += 1
    history.state, history.started, history.ended = "running", event, None
    history.step, history.epoch, history.remaining = event.step, event.epoch, None
    history.curve.cut(event.step)
    while history.epochs and history.epochs[-1].step > event.step:
        history.epochs.pop()
    if history.best_confusion and history.best_confusion.step > event.step:
        history.best_confusion = None
    if history.confusion and history.confusion.step > event.step:
        history.confusion = history.best_confusion
    if history.preview and history.preview.step > event.step:
        history.preview = None
    history.machine.clear()


def _progressed(history: History, event: Progress) -> None:
    curve = history.curve
    if curve.steps and event.step <= curve.steps[-1]:
        return
    curve.steps.append(event.step)
    curve.losses.append(event.loss)
    curve.lrs.append(event.lr)
    curve.speeds.append(event.rows_per_second)
    history.step, history.epoch = event.step, event.epoch
    history.elapsed, history.remaining = event.elapsed, event.remaining


def _judged(history: History, event: EpochEnded) -> None:
    if event.confusion is not None:
        counts = tuple(map(tuple, event.confusion))
        labels = tuple(event.labels or map(str, range(len(counts))))
        history.confusion = Confusion(event.epoch, event.step, labels, counts)
        if event.best:
            history.best_confusion = history.confusion
    history.epochs.append(replace(event, confusion=None, labels=None))
    history.step, history.epoch = max(history.step, event.step), event.epoch


def _previewed(history: History, event: Previewed) -> None:
    history.preview = event


def _saved(history: History, event: CheckpointSaved) -> None:
    history.checkpoint = event


def _sampled(history: History, event: MachineSampled) -> None:
    machine = history.machine
    machine.append(event)
    while machine[0].elapsed < event.elapsed - MACHINE_SECONDS:
        machine.popleft()


def _noticed(history: History, event: Noticed) -> None:
    history.notices.append(event)


def _paused(history: History, event: Paused) -> None:
    history.state, history.step = "paused", event.step


def _continued(history: History, event: Continued) -> None:
    history.state, history.step = "running", event.step


def _ended(history: History, event: RunEnded) -> None:
    history.state, history.ended = event.status, event
    history.step, history.epoch, history.remaining = event.step, event.epoch, None


_TAKE: Final[Mapping[type[Event], Callable[[History, Any], None]]] = {
    RunStarted: _started,
    Progress: _progressed,
    EpochEnded: _judged,
    Previewed: _previewed,
    CheckpointSaved: _saved,
    MachineSampled: _sampled,
    Noticed: _noticed,
    Paused: _paused,
    Continued: _continued,
    RunEnded: _ended,
}


def _forget(history: History) -> None:
    fresh = History(revision=history.revision + 1)
    for known in fields(History):
        setattr(history, known.name, getattr(fresh, known.name))

"""When checkpoints are written: at their time, at best epochs, and at the end.

Writing one waits for the disk. Where epochs last a blink, a checkpoint for each best one would take
longer than the training, so then the best is held in memory and written before the next ordinary
checkpoint: what a crash can cost stays the time the spec allows, and the result is the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from trainers.checkpoints import Snapshot
from trainers.events import CheckpointSaved, Event

DEAREST: Final = 0.02
"""Share of the time that checkpoints of best epochs may take."""

Save: TypeAlias = Callable[[Snapshot, bool], Event | None]
Take: TypeAlias = Callable[[], Snapshot]


class Keeper:
    """Decides which snapshots are saved, and when.

    Attributes:
        due: when the next ordinary checkpoint is due, on the monotonic clock.
        saved: the step of the newest checkpoint.
    """

    def __init__(self, save: Save, seconds: float) -> None:
        self._save, self._seconds = save, seconds
        self._waiting: Snapshot | None = None
        self._cost = 0.0
        self._ended = time.monotonic()
        self.due = self._ended + seconds
        self.saved = -1

    def save(self, take: Take) -> Iterator[Event]:
        """Save the training as it is now, unless that is done."""
        yield from self.flush()
        snapshot = take()
        if snapshot.step != self.saved:
            yield from self._write(snapshot, best=False)

    def epoch(self, take: Take, *, best: bool) -> Iterator[Event]:
        """An epoch was judged: save it if it is the best, or if a checkpoint is due."""
        now = time.monotonic()
        if best:
            self._waiting = take()
        if now >= self.due:
            yield from self.save(take)
        elif self._waiting is not None and self._cost <= DEAREST * (now - self._ended):
            yield from self.flush()

    def flush(self) -> Iterator[Event]:
        """Save the best epoch that still waits for it."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            yield from self._write(waiting, best=True)

    def _write(self, snapshot: Snapshot, *, best: bool) -> Iterator[Event]:
        began = time.monotonic()
        event = self._save(snapshot, best)
        self._ended = time.monotonic()
        self._cost = self._ended - began
        self.due = self._ended + self._seconds
        if isinstance(event, CheckpointSaved):
            self.saved = snapshot.step
        if event is not None:
            yield event

"""Where every event of a worker passes: into the journal first, then to whoever looks on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from trainers.events import (
    CheckpointSaved,
    Continued,
    EpochEnded,
    Event,
    Noticed,
    Paused,
    Progress,
    RunEnded,
    RunStarted,
    Status,
)
from trainers.journal import JournalWriter, last_events
from trainers.runs import RunFolder

_DURABLE: Final = (RunStarted, CheckpointSaved, Paused, Continued, RunEnded)
"""Changes of status; they are synced at once."""

Publish = Callable[[Event], object]


class Recorder:
    """Journals and publishes events, from the training and from the monitor's thread alike."""

    def __init__(self, run: RunFolder, journal: JournalWriter, publish: Publish) -> None:
        self._run = run
        self._journal = journal
        self._publish = publish
        self._lock = threading.Lock()
        self._step = self._epoch = 0
        self._judged: EpochEnded | None = None
        self.ended: RunEnded | None = None
        for event in last_events(run.events_path):
            self._follow(event)
        self.before = self.ended
        self.ended = None

    def record(self, event: Event) -> None:
        """Add an event to the run's history and show it."""
        with self._lock:
            self._follow(event)
            self._journal.append(event)
            if isinstance(event, _DURABLE):
                self._journal.sync()
            self._publish(event)

    def sync(self) -> bool:
        """Make everything recorded so far durable; False when the disk refuses."""
        return self._journal.sync()

    def notice(self, code: str, message: str, hint: str | None = None) -> None:
        """Record something the user should know."""
        self.record(Noticed(severity="warning", code=code, message=message, hint=hint))

    def end(
        self, status: Status, message: str | None = None, hint: str | None = None, code: str = ""
    ) -> None:
        """Record the end of the run where the training did not do it itself."""
        judged = self._judged
        self.record(
            RunEnded(
                status=status,
                run=str(self._run.path),
                step=self._step,
                epoch=self._epoch,
                metrics=judged.metrics if judged else {},
                best_epoch=judged.epoch if judged else None,
                message=message,
                hint=hint,
                code=code or None,
            )
        )

    def _follow(self, event: Event) -> None:
        if isinstance(event, RunStarted | Progress | EpochEnded | RunEnded):
            self._step, self._epoch = event.step, event.epoch
        if isinstance(event, EpochEnded) and (event.best or self._judged is None):
            self._judged = event
        if isinstance(event, RunEnded | RunStarted):
            self.ended = event if isinstance(event, RunEnded) else None

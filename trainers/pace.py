"""How fast training goes: its clock, and when the next Progress is due."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

PROGRESS_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Lap:
    """What happened since the Progress before."""

    loss: float
    rows_per_second: float


class Pace:
    """A clock of the training alone: time spent paused or switched off does not count."""

    def __init__(self) -> None:
        self.due = 0.0
        self._began = self._epoch_began = self._lapped = time.monotonic()
        self._before = 0.0
        self._first_step = 0
        self._loss, self._seen = 0.0, 0
        self._carried = (0.0, 0)
        self._turned = self._began

    def resume(self, elapsed: float, step: int, loss: float, seen: int) -> None:
        """Go on from an earlier session, in the middle of an epoch."""
        self._before, self._first_step = elapsed, step
        self._loss, self._seen = loss, seen

    def turn(self, loss: float, seen: int) -> None:
        """An epoch's rows are through: what was not told of them yet goes into the next Progress.

        Args:
            loss: sum of the losses of the epoch's rows.
            seen: how many rows those are.
        """
        carried_loss, carried_rows = self._carried
        self._carried = (carried_loss + loss - self._loss, carried_rows + seen - self._seen)
        self._loss, self._seen = 0.0, 0
        self._turned = time.monotonic()

    def judged(self) -> None:
        """The epoch is judged: that time is none of the rows' per second."""
        self._lapped += time.monotonic() - self._turned

    def skip(self, seconds: float) -> None:
        """Leave out a pause."""
        self._began += seconds
        self._epoch_began += seconds
        self._lapped += seconds

    @property
    def elapsed(self) -> float:
        """Seconds of training in all."""
        return self._before + time.monotonic() - self._began

    def remaining(self, step: int, steps: int) -> float | None:
        """Seconds still to go, at the pace of this session."""
        done = step - self._first_step
        return (time.monotonic() - self._began) / done * (steps - step) if done > 0 else None

    def epoch_seconds(self) -> float:
        """Seconds since the last epoch ended."""
        now = time.monotonic()
        seconds, self._epoch_began = now - self._epoch_began, now
        return seconds

    def lap(self, loss: float, seen: int) -> Lap:
        """Report on the steps since the last call, and say when the next is due.

        Args:
            loss: sum of the losses of this epoch's rows so far.
            seen: how many rows those are.
        """
        now = time.monotonic()
        carried_loss, carried_rows = self._carried
        rows = seen - self._seen + carried_rows
        sum_ = loss - self._loss + carried_loss
        lap = Lap(sum_ / max(rows, 1), rows / max(now - self._lapped, 1e-9))
        self._loss, self._seen, self._carried = loss, seen, (0.0, 0)
        self._lapped, self.due = now, now + PROGRESS_SECONDS
        return lap

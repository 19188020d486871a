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
        self._last = (0, 0.0, 0)

    def resume(self, elapsed: float, step: int, loss: float, seen: int) -> None:
        """Go on from an earlier session, in the middle of an epoch."""
        self._before, self._first_step = elapsed, step
        self._last = (step, loss, seen)

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

    def lap(self, loss: float, seen: int, step: int) -> Lap:
        """Report on the steps since the last call, and say when the next is due.

        Args:
            loss: sum of the losses of this epoch's rows so far.
            seen: how many rows those are.
            step: steps done in all.
        """
        now = time.monotonic()
        _, loss_before, seen_before = self._last
        if seen < seen_before or step - self._last[0] >= seen:  # a new epoch has begun meanwhile
            loss_before, seen_before = 0.0, 0
        rows = seen - seen_before
        lap = Lap((loss - loss_before) / max(rows, 1), rows / max(now - self._lapped, 1e-9))
        self._last, self._lapped, self.due = (step, loss, seen), now, now + PROGRESS_SECONDS
        return lap

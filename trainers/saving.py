"""Saving checkpoints for a training that must not lose one, whatever the disk does.

A save that fails is tried again; a disk that stays full pauses the training with a notice, and the
training goes on by itself when there is space again. So no step is ever done that is further from a
checkpoint than the spec allows, and no finished training is ever without its weights.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from typing import Final

from nnspec.problems import Problem
from trainers.checkpoints import NotSaved, Snapshot, save
from trainers.events import CheckpointSaved, Continued, Noticed, Paused
from trainers.recorder import Recorder
from trainers.runs import RunFolder

ATTEMPTS: Final = 3
"""Failures in a row after which the training is paused."""


class Saver:
    """The worker's `save`, as the loop calls it."""

    def __init__(self, run: RunFolder, recorder: Recorder, leaving: Callable[[], bool]) -> None:
        """`leaving` says whether somebody wants the run to end, so that waiting has an end."""
        self._run = run
        self._recorder = recorder
        self._leaving = leaving

    def __call__(self, snapshot: Snapshot, best: bool = False) -> CheckpointSaved | Noticed:  # noqa: FBT001, FBT002
        """Save and return what happened; a `Noticed` when it could not be done.

        What the journal says up to this step is made durable first: whoever resumes from the
        checkpoint finds the history that led to it.

        Raises:
            FileNotFoundError: somebody has removed the run folder; waiting cannot bring it back.
        """
        if not self._run.path.is_dir():
            raise FileNotFoundError(errno.ENOENT, "the run folder is gone", str(self._run.path))
        self._recorder.sync()
        result = save(self._run, snapshot, best=best)
        for failures, seconds in enumerate(_waits(), start=1):
            if isinstance(result, CheckpointSaved):
                if failures > ATTEMPTS:
                    self._recorder.record(Continued(step=snapshot.step))
                return result
            if result.problem.code.startswith("training.") or self._leaving():
                return _notice(result, "error")
            if failures == ATTEMPTS:
                self._pause(snapshot.step, result)
            elif failures < ATTEMPTS:
                self._recorder.record(_notice(result, "warning"))
            self._sleep(seconds)
            result = save(self._run, snapshot, best=best)
        raise AssertionError("waiting never ends by itself")

    def _pause(self, step: int, result: NotSaved) -> None:
        full = result.problem.code == "resource.disk_full"
        self._recorder.record(
            Noticed(
                severity="error",
                code="disk_full" if full else "disk_refuses",
                message=f"training is paused: {result.problem.message}",
                hint="it goes on by itself as soon as the checkpoint can be written",
            )
        )
        self._recorder.record(Paused(step=step))

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._leaving() and time.monotonic() < until:
            time.sleep(0.05)


def _waits() -> Iterator[float]:
    yield 0.2
    yield 1.0
    while True:
        yield 2.0


def _notice(result: NotSaved, severity: str) -> Noticed:
    problem: Problem = result.problem
    return Noticed(
        severity="error" if severity == "error" else "warning",
        code=f"checkpoint.{problem.code.rpartition('.')[2]}",
        message=f"the checkpoint was not saved: {problem.message}",
        hint=problem.hint,
    )

"""The work itself, as the worker sees it: a run made into a generator of events, and its reins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from trainers.checkpoints import Snapshot
from trainers.events import CheckpointSaved, Event, Noticed
from trainers.interrupts import Interrupts
from trainers.record import RunRecord
from trainers.runs import RunFolder

Save = Callable[[Snapshot, bool], CheckpointSaved | Noticed]
Wish = Literal["go", "pause", "stop", "interrupt"]

ASK_SECONDS: Final = 0.05


class Control:
    """What others wish of the training; looks into the run folder at most 20 times a second."""

    def __init__(self, run: RunFolder, interrupts: Interrupts) -> None:
        self._run = run
        self._interrupts = interrupts
        self._asked = float("-inf")
        self._wish: Wish = "go"

    def wish(self) -> Wish:
        """Return the wish that counts now; a signal counts most."""
        if self._interrupts.received is not None:
            return "interrupt"
        now = time.monotonic()
        if now - self._asked >= ASK_SECONDS:
            self._asked, self._wish = now, self._run.wish() or "go"
        return self._wish

    def leaving(self) -> bool:
        """Whether the training is to end."""
        return self.wish() in ("stop", "interrupt")


@dataclass(frozen=True, slots=True)
class Job:
    """A training ready to be run, and what `run.json` has to say of it."""

    train: Callable[[Snapshot | None, Control, Save], Iterator[Event]]
    device: str
    seed: int
    threads: int
    data: Mapping[str, str]


class Prepare(Protocol):
    """Makes a job of a run, or says why there is none."""

    def __call__(
        self, run: RunFolder, record: RunRecord, catalog: Catalog
    ) -> Job | Sequence[Problem]:
        """Read the spec and prepare the data."""
        ...


def job_of(run: RunFolder, record: RunRecord, catalog: Catalog) -> Job | Sequence[Problem]:
    """Read the spec of a run, prepare its data and plan its training."""
    from trainers.calibration import learned_from
    from trainers.loop import train
    from trainers.plan import Plan, make_plan

    plan = make_plan(
        run.text(),
        run.source_folder(),
        catalog,
        device=record.device,
        seed=record.seed,
        threads=record.threads,
        run=str(run.path),
    )
    if not isinstance(plan, Plan):
        return plan

    def work(start: Snapshot | None, control: Control, save: Save) -> Iterator[Event]:
        return learned_from(plan, train(plan, start, control, save))

    return Job(work, plan.device, plan.seed, plan.threads, plan.fingerprint)

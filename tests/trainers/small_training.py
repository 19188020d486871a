"""A small real training that stands where the loop stands, and a program that works with it.

    python -m tests.trainers.small_training RUN [steps] [seconds per step] [steps per checkpoint]

It shuffles, draws noise and has momentum, so that forgetting any state changes the weights.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from nnspec.catalog import Catalog
from trainers.checkpoints import Snapshot
from trainers.events import Continued, EpochEnded, Event, Paused, Progress, RunEnded, RunStarted
from trainers.job import Control, Job, Prepare, Save
from trainers.record import RunRecord
from trainers.runs import RunFolder
from trainers.worker import work

EPOCH = 50


class SmallTraining:
    """Fits a line with dropout-like noise; every step depends on all the state there is."""

    def __init__(self, run: RunFolder, steps: int, pace: float, every: int) -> None:
        self.run, self.steps, self.pace, self.every = run, steps, pace, every
        self.step = 0
        self.random = torch.Generator().manual_seed(7)
        self.model = torch.nn.Linear(8, 1)
        with torch.no_grad():
            self.model.weight.normal_(generator=self.random)
            self.model.bias.zero_()
        self.momentum = torch.zeros(1, 8)

    def snapshot(self) -> Snapshot:
        training = {"momentum": self.momentum, "random": self.random.get_state()}
        state = dict(self.model.state_dict())
        return Snapshot(self.step, self.step // EPOCH, state, training, {"steps": self.steps})

    def restore(self, start: Snapshot) -> None:
        self.step = start.step
        self.model.load_state_dict(dict(start.model))
        self.momentum.copy_(start.training["momentum"])
        self.random.set_state(start.training["random"])

    def advance(self) -> float:
        rows = torch.randn(16, 8, generator=self.random)
        wanted = rows.sum(dim=1, keepdim=True)
        kept = torch.bernoulli(torch.full((16, 8), 0.9), generator=self.random)
        loss = ((self.model(rows * kept) - wanted) ** 2).mean()
        (slope,) = torch.autograd.grad(loss, [self.model.weight])
        with torch.no_grad():
            self.momentum.mul_(0.9).add_(slope)
            self.model.weight.sub_(0.01 * self.momentum)
        self.step += 1
        time.sleep(self.pace)
        return loss.item()

    def train(self, start: Snapshot | None, control: Control, save: Save) -> Iterator[Event]:
        if start is not None:
            self.restore(start)
        yield self.started()
        while self.step < self.steps:
            wish = control.wish()
            if wish in ("stop", "interrupt"):
                yield save(self.snapshot(), False)
                yield self.ended("stopped" if wish == "stop" else "interrupted")
                return
            yield from self.pause(control, save) if wish == "pause" else self.go_on(save)
        yield self.ended("finished")

    def pause(self, control: Control, save: Save) -> Iterator[Event]:
        yield save(self.snapshot(), False)
        yield Paused(step=self.step)
        while control.wish() == "pause":
            time.sleep(0.02)
        yield Continued(step=self.step)

    def go_on(self, save: Save) -> Iterator[Event]:
        yield self.progress(self.advance())
        if self.step % EPOCH == 0:
            yield self.judged()
        if self.step % self.every == 0 or self.step == self.steps:
            yield save(self.snapshot(), self.step % EPOCH == 0)

    def started(self) -> RunStarted:
        return RunStarted(
            time="2026-11-02T10:00:00+00:00",
            run=str(self.run.path),
            step=self.step,
            epoch=self.step // EPOCH,
            steps_per_epoch=EPOCH,
            epochs=self.steps // EPOCH,
            device="cpu",
            threads=1,
            parameters=9,
            rows={"train": 800},
            pid=0,
        )

    def progress(self, loss: float) -> Progress:
        return Progress(
            step=self.step,
            epoch=self.step // EPOCH,
            loss=loss,
            lr=0.01,
            rows_per_second=1.0,
            elapsed=self.step * self.pace,
            remaining=None,
        )

    def judged(self) -> EpochEnded:
        loss = self.model.weight.detach().sub(1).square().mean().item()
        metrics = {"val_loss": loss}
        return EpochEnded(
            epoch=self.step // EPOCH, step=self.step, seconds=0.1, metrics=metrics, best=True
        )

    def ended(self, status: str) -> RunEnded:
        return RunEnded(
            status=status,
            run=str(self.run.path),
            step=self.step,
            epoch=self.step // EPOCH,
            metrics={},
        )


def small_job(steps: int = 100, pace: float = 0.0, every: int = 20) -> Prepare:
    """What makes a job of a run, as `trainers.worker.work` wants it."""

    def prepare(run: RunFolder, record: RunRecord, catalog: Catalog) -> Job:
        torch.set_num_threads(1)
        training = SmallTraining(run, steps, pace, every)
        return Job(training.train, "cpu", record.seed or 7, 1, {"rows": "made"})

    return prepare


def main(argv: list[str]) -> int:
    """Work on the run folder named first."""
    path, *rest = argv
    steps, pace, every = (float(word) for word in (rest or ("200", "0.004", "20")))
    prepare = small_job(int(steps), pace, int(every))
    return work(RunFolder(Path(path)), Catalog([]), lambda _: None, prepare=prepare)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Real run folders with a plausible history, written as a worker writes them."""

import math
import random
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from nnspec.problems import Problem
from trainers.events import (
    CheckpointSaved,
    EpochEnded,
    Event,
    MachineSampled,
    Noticed,
    Paused,
    Previewed,
    Progress,
    RunEnded,
    RunStarted,
)
from trainers.journal import JournalWriter
from trainers.runs import RunFolder, create

SPEC = "netwright: 1\ndata: {source: data.csv, target: digit}\n"
GIGABYTE = 1 << 30


@dataclass
class Training:
    """Makes the events of a training of a classifier (or, without labels, of a regression)."""

    labels: tuple[str, ...] = tuple("0123456789")
    epochs: int = 8
    steps_per_epoch: int = 40
    seed: int = 1
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def started(self, run: RunFolder, step: int = 0) -> RunStarted:
        return RunStarted(
            time="2026-11-21T10:00:00+00:00", run=run.name, step=step,
            epoch=step // self.steps_per_epoch, steps_per_epoch=self.steps_per_epoch,
            epochs=self.epochs, device="cpu", threads=1, parameters=4810,
            rows={"train": 1400, "validation": 180, "test": 217}, pid=1,
        )  # fmt: skip

    def progress(self, step: int) -> Progress:
        epoch = (step - 1) // self.steps_per_epoch
        loss = 2.3 * math.exp(-step / 90) + 0.08 + abs(self._random.gauss(0, 0.06))
        elapsed = step * 0.05
        left = (self.steps_per_epoch * self.epochs - step) * 0.05
        return Progress(
            step=step, epoch=epoch, loss=loss, lr=0.01, rows_per_second=11_800.0,
            elapsed=elapsed, remaining=left,
        )  # fmt: skip

    def epoch(self, number: int) -> EpochEnded:
        loss = 2.0 * math.exp(-number / 2.4) + 0.14 + 0.02 * max(0, number - 6)
        share = 0.975 - 0.6 * math.exp(-number / 1.9)
        metrics = {"train_loss": loss * 0.9, "val_loss": loss}
        if self.labels:
            metrics |= {"train_accuracy": share + 0.01, "val_accuracy": share, "val_f1": share}
        else:
            metrics |= {"val_mae": loss * 2, "val_r2": share}
        return EpochEnded(
            epoch=number, step=number * self.steps_per_epoch, seconds=2.0, metrics=metrics,
            best=number <= 6, confusion=self.confusion(share) if self.labels else None,
            labels=self.labels or None,
        )  # fmt: skip

    def confusion(self, share: float) -> list[list[int]]:
        size = len(self.labels)
        counts = [[0] * size for _ in range(size)]
        for true in range(size):
            for _ in range(18):
                right = self._random.random() < share
                wrong = (true + self._random.choice((1, 5, 7))) % size
                counts[true][true if right else wrong] += 1
        return counts

    def machine(self, elapsed: float, *, gpu: bool = False) -> MachineSampled:
        busy = 0.55 + 0.3 * math.sin(elapsed / 3) * self._random.random()
        return MachineSampled(
            elapsed=elapsed, cpu=busy, process_memory=int(0.4 * GIGABYTE),
            memory_used=int(9.3 * GIGABYTE), memory_total=24 * GIGABYTE,
            gpu=busy if gpu else None, gpu_memory_used=3 * GIGABYTE if gpu else None,
            gpu_memory_total=16 * GIGABYTE if gpu else None,
            gpu_temperature=61.0 if gpu else None, gpu_name="NVIDIA T4" if gpu else None,
        )  # fmt: skip

    def until(self, run: RunFolder, step: int, *, gpu: bool = False) -> list[Event]:
        """Everything that is told until `step` is done."""
        told: list[Event] = [self.started(run)]
        for done in range(1, step + 1):
            if done % 2 == 0:
                told.append(self.progress(done))
            if done % 10 == 0:
                told.append(self.machine(done * 0.05, gpu=gpu))
            if done % self.steps_per_epoch == 0:
                number = done // self.steps_per_epoch
                told += [self.epoch(number), self.saved(number)]
        return told

    def saved(self, number: int) -> CheckpointSaved:
        step = number * self.steps_per_epoch
        return CheckpointSaved(
            step=step, epoch=number, name=f"{step:09}", best=number <= 6, bytes=20_000
        )

    def finished(self, run: RunFolder) -> list[Event]:
        """A whole training."""
        whole = self.epochs * self.steps_per_epoch
        metrics = {"val_loss": 0.21, "val_accuracy": 0.956, "val_f1": 0.9561}
        metrics |= {"test_loss": 0.1874, "test_accuracy": 0.9631, "test_f1": 0.9630}
        if not self.labels:
            metrics = {"val_mae": 0.61, "val_r2": 0.93, "test_mae": 0.58, "test_r2": 0.94}
        return [*self.until(run, whole), self.ended(run, "finished", whole, metrics)]

    def failed(self, run: RunFolder) -> list[Event]:
        """The loss became no number in the third epoch."""
        step = 3 * self.steps_per_epoch - 5
        notice = Noticed(
            severity="warning", code="loss.rising", message="the loss has risen for 40 steps",
            hint="lower the learning rate",
        )  # fmt: skip
        end = RunEnded(
            status="failed", run=run.name, step=step, epoch=3, metrics={}, code="training.nan",
            message="the loss is not a number any more at step 115",
            hint="Lower the learning rate or clip the gradient; the last good state is kept.",
        )  # fmt: skip
        return [*self.until(run, step), notice, end]

    def paused(self, run: RunFolder, step: int) -> list[Event]:
        return [*self.until(run, step), Paused(step=step)]

    def ended(
        self, run: RunFolder, status: str, step: int, metrics: dict[str, float] | None = None
    ) -> RunEnded:
        return RunEnded(
            status=status,  # type: ignore[arg-type]
            run=run.name, step=step, epoch=step // self.steps_per_epoch,
            metrics=metrics or {}, best_epoch=6,
        )  # fmt: skip


def made_by_a_gan(plan: Training, run: RunFolder, step: int) -> list[Event]:
    """A training of two steps without a target: losses of each, and a preview after each epoch."""
    told: list[Event] = []
    for event in plan.until(run, step):
        if not isinstance(event, EpochEnded):
            told.append(event)
            continue
        loss = 1.2 * math.exp(-event.epoch / 5)
        losses = {"train_loss": loss + 0.7, "train_critic_loss": 0.7 - 0.02 * event.epoch}
        losses |= {"train_painter_loss": loss, "val_loss": loss + 0.8}
        name = f"previews/epoch_{event.epoch:04d}.png"
        draw_squares(run.path / name, event.epoch)
        told.append(replace(event, metrics=losses, confusion=None, labels=None))
        told.append(Previewed(epoch=event.epoch, step=event.step, path=name))
    return told


def draw_squares(path: Path, epoch: int) -> None:
    """Eight by eight small pictures; the sharper, the later the epoch."""
    path.parent.mkdir(exist_ok=True)
    chance = random.Random(epoch)
    picture = Image.new("L", (8 * 10 + 2, 8 * 10 + 2), 255)
    for x in range(picture.width):
        for y in range(picture.height):
            if x % 10 > 1 and y % 10 > 1:
                wanted = 255 if (x // 10 + y // 10) % 2 == (x % 10 > 5) else 0
                noise = chance.randint(0, 255)
                picture.putpixel((x, y), wanted if chance.random() < epoch / 8 else noise)
    picture.save(path)


def made_run(folder: Path, text: str = SPEC, stem: str = "digits") -> RunFolder:
    """A new, empty run beside a spec that is written too."""
    folder.mkdir(parents=True, exist_ok=True)
    spec = folder / f"{stem}.yaml"
    if not spec.exists():
        spec.write_text(text, encoding="utf-8")
    run = create(text, spec_path=spec, name="Digits")
    assert not isinstance(run, Problem), run
    return run


def write(run: RunFolder, events: list[Event]) -> None:
    """Append events to the run's journal, durably."""
    writer = JournalWriter(run.events_path)
    for event in events:
        writer.append(event)
    writer.close()

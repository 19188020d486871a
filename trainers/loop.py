"""The training loop: a generator of events.

It does as little as possible between two steps. Batches are gathered by index from arrays that lie
on the device, nothing waits for the device but a Progress ten times a second, and epochs are judged
over all validation rows at once. Whoever drives the generator journals the events; `save` writes
checkpoints; `control` says what others wish. None of that changes a number: a run that is paused,
watched, stopped and resumed at any step ends with the same bits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from typing import Final, Literal, Protocol, TypeAlias

from torch import Tensor, device

from trainers.batches import Batch, Rows, batch_sizes, on_device, order_of
from trainers.checkpoints import Snapshot
from trainers.devices import exact, memory_free
from trainers.events import (
    Continued,
    EpochEnded,
    Event,
    Paused,
    Progress,
    RunEnded,
)
from trainers.judging import judge_run
from trainers.keeper import Keeper, Save
from trainers.learner import Learner
from trainers.loop_events import confusion, run_ended, run_failed, run_started
from trainers.pace import Pace
from trainers.plan import Plan
from trainers.previews import draw_preview
from trainers.targets import Judgement
from trainers.tracking import Tracker
from trainers.updates import Place

PAUSE_SECONDS: Final = 0.05
"""How often a paused training looks whether it may go on."""

Wish: TypeAlias = Literal["go", "pause", "stop", "interrupt"]
Steps: TypeAlias = Generator[Event, None, RunEnded | None]


class Control(Protocol):
    """Says what others wish of the training; asked before every step, so it has to be quick."""

    def wish(self) -> Wish:
        """What is wished now."""
        ...


def train(plan: Plan, start: Snapshot | None, control: Control, save: Save) -> Iterator[Event]:
    """Train as planned, from the beginning or from a snapshot, and yield what happens.

    The last event is a `RunEnded`: "finished" (the test part is judged with the best weights,
    once), "stopped" or "interrupted" (saved, to be resumed), or "failed" with code `nan`.
    """
    with exact(plan.threads):
        yield from _Training(plan, control, save).events(start)


class _Training:
    """The loop and what it keeps between steps."""

    def __init__(self, plan: Plan, control: Control, save: Save) -> None:
        self._plan, self._control = plan, control
        self._learner = Learner(plan)
        self._rows = {name: self._part(name) for name in plan.parts if name != "test"}
        rows = self._rows["train"]
        self._sizes = batch_sizes(
            len(rows),
            plan.train.settings.batch_size if rows.chosen is None else len(rows),
            merge_single=self._learner.has_batch_norm(),
        )
        self._steps = plan.train.settings.epochs * len(self._sizes)
        self._tracker = Tracker.of(plan.train, validated="validation" in plan.parts)
        self._step = self._epoch = self._position = self._seen = 0
        self._best: tuple[int, dict[str, Tensor]] | None = None
        self._pace = Pace()
        self._keeper = Keeper(save, plan.train.settings.checkpoint_seconds)

    def events(self, start: Snapshot | None) -> Iterator[Event]:
        """Everything that happens from `start` to the end."""
        if start is not None:
            self._restore(start)
        yield run_started(self._plan, self._at())
        while self._epoch < self._plan.train.settings.epochs and not self._tracker.exhausted:
            ended = (yield from self._train_epoch()) or (yield from self._judge_epoch())
            if ended is not None:
                yield ended
                return
        yield from self._keeper.save(self._snapshot)
        yield self._finish()

    def _train_epoch(self) -> Steps:
        order = order_of(self._plan.seed, self._epoch, sum(self._sizes), self._place())
        train = self._rows["train"]
        for inputs, targets in train.batches(order, self._sizes, self._position):
            wish = self._control.wish()
            if wish != "go":
                ended = yield from self._heed(wish)
                if ended is not None:
                    return ended
            rows = self._sizes[self._position]
            batch = Batch(inputs, targets, rows, train.chosen)
            if not self._learner.learn(batch, self._at()):
                return (yield from self._failed(order))
            self._step += 1
            self._position += 1
            self._seen += rows
            now = time.monotonic()
            if now >= self._pace.due:
                if not self._learner.meter.finite:
                    return (yield from self._failed(order))
                yield self._progress()
            if now >= self._keeper.due and self._position < len(self._sizes):
                yield from self._keeper.save(self._snapshot)
        return None

    def _judge_epoch(self) -> Steps:
        total = self._learner.meter.read()
        self._pace.turn(total, self._seen)
        metrics = self._train_losses(total)
        judged = self._judge("validation") if "validation" in self._rows else None
        metrics |= judged.named("val") if judged else {}
        if not (math.isfinite(metrics["train_loss"]) and math.isfinite(metrics.get("val_loss", 0))):
            return (yield from self._failed(None))
        self._epoch += 1
        self._position = self._seen = 0
        self._learner.reset()
        self._pace.judged()
        best = self._tracker.see(self._epoch, metrics)
        if best:
            self._best = self._step, self._learner.weights()
        yield EpochEnded(
            epoch=self._epoch,
            step=self._step,
            seconds=self._pace.epoch_seconds(),
            metrics=metrics,
            best=best,
            **confusion(judged, self._plan),
        )
        yield from self._keeper.epoch(self._snapshot, best=best)
        if self._plan.train.preview is not None:
            network, at = self._learner.network, (self._epoch, self._step)
            yield from draw_preview(self._plan, network, self._shown(), *at)
        return None

    def _train_losses(self, total: float) -> dict[str, float]:
        """The mean losses of the epoch: of each of several steps, and their sum."""
        losses = self._learner.step_losses()
        mean = sum(losses.values()) if losses else total / self._seen
        return {"train_loss": mean, **{f"train_{name}": loss for name, loss in losses.items()}}

    def _shown(self) -> Rows:
        """The rows that previews are drawn of."""
        return self._rows.get("validation", self._rows["train"])

    def _heed(self, wish: Wish) -> Steps:
        """Pause until the wish is another, or save and leave."""
        yield from self._keeper.save(self._snapshot)
        if wish == "pause":
            yield Paused(step=self._step)
            began = time.monotonic()
            while (wish := self._control.wish()) == "pause":
                time.sleep(PAUSE_SECONDS)
            self._pace.skip(time.monotonic() - began)
            yield Continued(step=self._step)
        if wish == "go":
            return None
        status = "stopped" if wish == "stop" else "interrupted"
        return run_ended(self._plan, self._at(), self._tracker, status)

    def _failed(self, order: Tensor | None) -> Steps:
        """The loss is no number: keep what was good, and say where."""
        yield from self._keeper.flush()
        batch: list[int] = []
        if order is not None and self._plan.device == "cpu":
            at = sum(self._sizes[: self._position])
            rows = order[at : at + self._sizes[self._position]][:5]
            batch = [int(row) for row in rows.numpy()]
        return run_failed(self._plan, self._at(), self._tracker, self._lr(), batch)

    def _finish(self) -> RunEnded:
        """Judge the test part, once, with the best weights."""
        if self._best is not None:
            self._learner.use(self._best[1])
        metrics = dict(self._tracker.metrics)
        if "test" in self._plan.parts:
            self._rows["test"] = self._part("test")
            metrics |= self._judge("test").named("test")
        return run_ended(self._plan, self._at(), self._tracker, "finished", metrics)

    def _judge(self, part: str) -> Judgement:
        plan, learner = self._plan, self._learner
        epoch = min(self._epoch + 1, plan.train.settings.epochs)
        return judge_run(learner.network, self._rows[part], learner.steps, plan, epoch)

    def _part(self, name: str) -> Rows:
        plan, part = self._plan, self._plan.parts[name]
        return on_device(
            part.inputs,
            part.targets,
            plan.pixel_scales,
            plan.device,
            room=memory_free(plan.device),
            channels_last=self._learner.channels_last,
            chosen=part.rows if part.whole else None,
        )

    def _place(self) -> device:
        """Where the training rows lie, and so their order."""
        return next(iter(self._rows["train"].inputs.values())).device

    def _lr(self, back: int = 0) -> float:
        """The rate of the step to come, or of one `back`."""
        return self._learner.lr(self._at(back))

    def _at(self, back: int = 0) -> Place:
        return Place(self._step - back, self._steps, len(self._sizes), self._epoch)

    def _snapshot(self) -> Snapshot:
        """Everything the rest of the training depends on, copied."""
        training = self._learner.memory()
        if self._best is not None and self._best[0] != self._step:
            training |= {f"best.{name}": weight for name, weight in self._best[1].items()}
        state = {
            "position": self._position,
            "seen": self._seen,
            "loss": self._learner.meter.read(),
            "step_losses": {n: m.state() for n, m in self._learner.step_meters.items()},
            "best_step": None if self._best is None else self._best[0],
            "tracker": self._tracker.to_json(),
            "elapsed": self._pace.elapsed,
            "trained": dict(self._plan.trained),
        }
        return Snapshot(self._step, self._epoch, self._learner.weights(), training, state)

    def _restore(self, start: Snapshot) -> None:
        state = start.state
        self._learner.use(start.model)
        self._learner.recall(start.training)
        self._learner.meter.reset(state["loss"])
        for name, (total, rows) in state["step_losses"].items():
            self._learner.step_meters[name].reset(total, rows)
        self._step, self._epoch = start.step, start.epoch
        self._position, self._seen = state["position"], state["seen"]
        self._tracker.take(state["tracker"])
        if state["best_step"] is not None:
            kept = {
                name.removeprefix("best."): weight.to(self._plan.device)
                for name, weight in start.training.items()
                if name.startswith("best.")
            }
            self._best = state["best_step"], kept or self._learner.weights()
        self._pace.resume(state["elapsed"], start.step, state["loss"], state["seen"])
        self._keeper.saved = start.step

    def _progress(self) -> Progress:
        lap = self._pace.lap(self._learner.meter.read(), self._seen)
        return Progress(
            step=self._step,
            epoch=self._epoch,
            loss=lap.loss,
            lr=self._lr(back=1),
            rows_per_second=lap.rows_per_second,
            elapsed=self._pace.elapsed,
            remaining=self._pace.remaining(self._step, self._steps),
        )

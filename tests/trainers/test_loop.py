"""The loop: exact from any step, undisturbed by whoever watches, and honest about its end."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import nn

from nnspec.section_settings import EarlyStopping
from nnspec.spec import Train
from tests.trainers.small_plans import (
    Kept,
    Named,
    bits,
    choice,
    cnn,
    ended,
    lstm,
    mlp,
    number,
    run,
    small_plan,
)
from trainers.batches import on_device
from trainers.checkpoints import Snapshot
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
)
from trainers.judging import judge
from trainers.objective import built_losses
from trainers.plan import Plan
from trainers.targets import Task

NETWORKS: list[tuple[Callable[[], nn.Module], Task]] = [
    (mlp, "classification"),
    (cnn, "classification"),
    (lstm, "classification"),
    (number, "regression"),
]


def judged(events: list[Event]) -> list[EpochEnded]:
    return [event for event in events if isinstance(event, EpochEnded)]


def numbers(events: list[Event]) -> list[object]:
    """What must not depend on how often a run was stopped."""
    last = ended(events)
    epochs = {e.epoch: (e.metrics, e.best, e.confusion) for e in judged(events)}
    return [epochs, last.metrics, last.best_epoch, last.step, last.status]


@pytest.mark.slow
@pytest.mark.parametrize(("network", "task"), NETWORKS)
def test_stop_at_every_step_and_resume_gives_the_same_bits(
    network: Callable[[], nn.Module], task: Task
) -> None:
    plan = small_plan(network, task)
    whole, kept = run(plan)
    wanted = bits(kept.last)
    assert ended(whole).step == 30
    for step in range(30):
        before, early = run(plan, *["go"] * step, "stop")
        assert (ended(before).status, ended(before).step) == ("stopped", step)
        torch.manual_seed(step)  # whatever the process did meanwhile must not matter
        after, late = run(plan, start=early.last)
        assert bits(late.last) == wanted
        assert numbers([*before[:-1], *after]) == numbers(whole)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop", "sgd"])
def test_every_optimiser_resumes_exactly(optimizer: str) -> None:
    settings = {"momentum": 0.5} if optimizer == "rmsprop" else {}
    train = Train(
        optimizer=choice("optimizer", optimizer, **settings), schedule=choice("schedule", "cosine")
    )
    plan = small_plan(train=train, clip_gradient_norm=0.5)
    _, kept = run(plan)
    for step in (1, 7, 10, 29):
        _, early = run(plan, *["go"] * step, "interrupt")
        _, late = run(plan, start=early.last)
        assert bits(late.last) == bits(kept.last)


def test_stopping_at_every_single_step_changes_nothing() -> None:
    plan = small_plan(mlp, stopping=EarlyStopping(patience=2))
    whole, kept = run(plan)
    start: Snapshot | None = None
    events: list[Event] = []
    while not events or ended(events).status != "finished":
        events, saved = run(plan, "go", "stop", start=start)
        start = saved.last if saved.snapshots else start
    assert start is not None
    assert bits(start) == bits(kept.last)
    assert ended(events).metrics == ended(whole).metrics


def test_checkpoints_pauses_and_lookers_on_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    _, quiet = run(small_plan(checkpoint_seconds=1e6))
    monkeypatch.setattr("trainers.pace.PROGRESS_SECONDS", 0.0)
    events, busy = run(small_plan(checkpoint_seconds=1e-9), "go", "pause", "pause", "go", "pause")
    assert len(busy.snapshots) >= 29
    assert len([event for event in events if isinstance(event, Progress)]) == 30
    assert bits(busy.last) == bits(quiet.last)


def test_progress_tells_the_rate_of_the_step_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.pace.PROGRESS_SECONDS", 0.0)
    schedule = choice("schedule", "linear", warmup=0.5)
    events, _ = run(small_plan(train=Train(schedule=schedule)))
    told = [event.lr for event in events if isinstance(event, Progress)]
    wanted = [0.001 * schedule.made.factor(step, 30, 10) for step in range(30)]
    assert told == pytest.approx(wanted)


def test_pause_saves_waits_and_goes_on() -> None:
    events, _ = run(small_plan(), "go", "go", "pause", "pause", "pause")
    at = [type(event) for event in events].index(Paused)
    saved, paused, continued = events[at - 1 : at + 2]
    assert isinstance(saved, CheckpointSaved)
    assert isinstance(paused, Paused)
    assert isinstance(continued, Continued)
    assert (saved.step, paused.step, continued.step) == (2, 2, 2)
    assert ended(events).status == "finished"


def test_a_pause_can_end_in_a_stop() -> None:
    events, _ = run(small_plan(), "go", "pause", "stop")
    assert (ended(events).status, ended(events).step) == ("stopped", 1)


def test_what_happens_in_order() -> None:
    events, kept = run(small_plan())
    first, *_ = events
    assert isinstance(first, RunStarted)
    assert (first.steps_per_epoch, first.epochs, first.step) == (10, 3, 0)
    assert first.rows == {"train": 60, "validation": 40, "test": 40}
    assert isinstance(events[1], Progress), "the first point of the curve comes with the first step"
    assert [event.epoch for event in judged(events)] == [1, 2, 3]
    assert [event.step for event in judged(events)] == [10, 20, 30]
    assert kept.last.step == 30
    assert sum(isinstance(event, RunEnded) for event in events) == 1
    steps = [event.step for event in events if isinstance(event, CheckpointSaved)]
    assert steps == sorted(steps)


def test_same_seed_same_run_and_another_seed_another() -> None:
    kept = {seed: [bits(run(small_plan(seed=seed))[1].last) for _ in "ab"] for seed in (1, 2)}
    assert kept[1][0] == kept[1][1]
    assert kept[2][0] == kept[2][1]
    assert kept[1][0]["body.0.weight"] != kept[2][0]["body.0.weight"]


def test_early_stopping_waits_as_long_as_it_is_told() -> None:
    stopping = EarlyStopping(monitor="val_loss", patience=3, min_delta=100.0)
    events, _ = run(small_plan(epochs=50, stopping=stopping))
    # The first epoch sets the mark, then three without enough progress.
    assert len(judged(events)) == 4
    assert ended(events).status == "finished"


def test_early_stopping_on_a_number_that_should_grow() -> None:
    stopping = EarlyStopping(monitor="val_accuracy", patience=1000)
    events, _ = run(small_plan(epochs=12, stopping=stopping))
    accuracies = [event.metrics["val_accuracy"] for event in judged(events)]
    best = ended(events).best_epoch
    assert best == accuracies.index(max(accuracies)) + 1
    assert [event.epoch for event in judged(events) if event.best][-1] == best


def test_the_test_part_is_judged_with_the_best_weights() -> None:
    # A wild learning rate, so that the last epoch is not the best.
    train = Train(optimizer=choice("optimizer", "sgd", lr=1.0))
    plan = small_plan(epochs=8, train=train)
    events, kept = run(plan)
    best = kept.best()
    assert ended(events).best_epoch == best.epoch
    assert best.step < kept.last.step
    metrics = judged_test(plan, best)
    assert {name: ended(events).metrics[name] for name in metrics} == metrics
    assert metrics != judged_test(plan, kept.last)


def judged_test(plan: Plan, snapshot: Snapshot) -> dict[str, float]:
    network = plan.network()
    network.load_state_dict(dict(snapshot.model))
    part = plan.parts["test"]
    rows = on_device(part.inputs, part.targets, plan.pixel_scales, "cpu", room=1 << 30)
    losses = built_losses(plan.losses, plan.targets, "cpu")
    return judge(network, rows, plan.targets, losses, plan.metrics, plan.restores).named("test")


def test_a_loss_that_is_no_number_stops_before_it_reaches_the_weights() -> None:
    plan = small_plan()
    train, part = plan.parts["train"], plan.parts["train"]
    features = part.inputs["features"].copy()
    features[17] = math.inf
    broken = replace(train, inputs={"features": features})
    events, kept = run(replace(plan, parts={**plan.parts, "train": broken}))
    last = ended(events)
    assert (last.status, last.code) == ("failed", "nan")
    assert last.message is not None
    assert f"step {last.step + 1}, epoch 1" in last.message
    assert "18" in last.message.partition("rows ")[2]
    assert all(torch.isfinite(w).all() for saved, _ in kept.snapshots for w in saved.model.values())


def test_an_exploding_training_keeps_its_last_good_checkpoint() -> None:
    train = Train(optimizer=choice("optimizer", "sgd", lr=1e18, momentum=0.0))
    plan = small_plan(number, "regression", train=train, checkpoint_seconds=1e-9)
    events, _ = run(plan)
    assert ended(events).code == "nan"
    assert ended(events).step < 10


def test_without_validation_rows_the_last_epoch_counts() -> None:
    plan = small_plan()
    parts = {name: part for name, part in plan.parts.items() if name != "validation"}
    events, _ = run(replace(plan, parts=parts))
    assert "val_loss" not in judged(events)[0].metrics
    assert "test_loss" in ended(events).metrics
    assert judged(events)[0].confusion is None


def test_without_test_rows_nothing_is_said_of_them() -> None:
    plan = small_plan()
    parts = {name: part for name, part in plan.parts.items() if name != "test"}
    events, _ = run(replace(plan, parts=parts))
    assert not [name for name in ended(events).metrics if name.startswith("test")]


def test_confusion_counts_every_validation_row() -> None:
    events, _ = run(small_plan())
    confusion = judged(events)[-1].confusion
    assert confusion is not None
    assert sum(map(sum, confusion)) == 40
    right = sum(confusion[i][i] for i in range(3))
    assert right / 40 == judged(events)[-1].metrics["val_accuracy"]


def test_a_last_batch_of_one_row_joins_its_neighbour_under_batch_norm() -> None:
    events, _ = run(small_plan(mlp, rows=61))
    first = events[0]
    assert isinstance(first, RunStarted)
    assert first.steps_per_epoch == 10
    events, _ = run(small_plan(number, "regression", rows=61))
    first = events[0]
    assert isinstance(first, RunStarted)
    assert first.steps_per_epoch == 11


def test_a_failed_save_is_told_and_training_goes_on() -> None:
    class Full(Kept):
        def __call__(self, snapshot: Snapshot, best: bool) -> Event:
            super().__call__(snapshot, best)
            return Noticed(severity="error", code="checkpoint.disk_full", message="no space")

    full = Full()
    events, _ = run(small_plan(), kept=full)
    assert ended(events).status == "finished"
    assert sum(isinstance(event, Noticed) for event in events) == len(full.snapshots)
    assert full.last.step == 30, "the end is tried although what came before failed"


def test_training_learns() -> None:
    events, _ = run(small_plan(rows=600, epochs=10))
    losses = [event.metrics["val_loss"] for event in judged(events)]
    assert losses[-1] < 0.6 * losses[0]
    assert judged(events)[-1].metrics["val_accuracy"] > 0.75


def test_the_process_is_left_as_it_was() -> None:
    threads = torch.get_num_threads()
    run(replace(small_plan(), threads=threads + 1))
    assert torch.get_num_threads() == threads
    assert torch.get_deterministic_debug_mode() == 0


def test_shared_weights_and_unused_parameters_train() -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(6, 6)
            self.again = self.layer
            self.idle = nn.Linear(3, 3)
            self.head = nn.Linear(6, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(torch.tanh(self.again(torch.tanh(self.layer(x)))))

    plan = small_plan(lambda: Named(Odd()))
    _, kept = run(plan)
    _, early = run(plan, *["go"] * 13, "stop")
    _, late = run(plan, start=early.last)
    assert bits(late.last) == bits(kept.last)

"""The reducer: a resumed run has every step once, and batches may be cut anywhere."""

import math
import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.events import (
    Continued,
    EpochEnded,
    Event,
    MachineSampled,
    Noticed,
    Paused,
    Progress,
    Rewound,
    RunEnded,
    RunStarted,
)
from trainers.history import History, reduce, settle


def started(step: int) -> RunStarted:
    return RunStarted(
        time="2026-11-02T10:00:00+00:00",
        run="r",
        step=step,
        epoch=step // 10,
        steps_per_epoch=10,
        epochs=5,
        device="cpu",
        threads=1,
        parameters=3,
        rows={"train": 100},
        pid=1,
    )


def progress(step: int) -> Progress:
    return Progress(
        step=step,
        epoch=step // 10,
        loss=1 / (step + 1),
        lr=0.1,
        rows_per_second=step * 2.0,
        elapsed=step * 0.5,
        remaining=50.0 - step,
    )


def judged(epoch: int) -> EpochEnded:
    return EpochEnded(
        epoch=epoch,
        step=epoch * 10,
        seconds=1.0,
        metrics={"val_loss": 1 / epoch, "val_accuracy": epoch / 10},
        best=epoch != 3,
        confusion=[[epoch, 0], [0, epoch]],
        labels=["no", "yes"],
    )


def told(first: int, last: int) -> list[Event]:
    """What a worker tells between two steps: progress at each step, and its epochs."""
    events: list[Event] = []
    for step in range(first + 1, last + 1):
        events.append(progress(step))
        if step % 10 == 0:
            events.append(judged(step // 10))
    return events


def ended(step: int, status: str = "finished") -> RunEnded:
    return RunEnded(status=status, run="r", step=step, epoch=step // 10, metrics={"test_loss": 0.5})


def view(history: History) -> object:
    """Everything a training is known by; not how it was told."""
    return (
        history.step,
        history.epoch,
        list(history.curve.steps),
        list(history.curve.losses),
        history.epochs,
        history.confusion,
        history.best_confusion,
        history.metrics,
        history.state,
    )


@pytest.fixture
def straight() -> History:
    return reduce(History(), [started(0), *told(0, 50), ended(50)])


def test_a_straight_run(straight: History) -> None:
    assert straight.state == "finished"
    assert list(straight.curve.steps) == list(range(1, 51))
    assert straight.metric("val_loss") == [1 / epoch for epoch in range(1, 6)]
    assert straight.metric_names == ("val_loss", "val_accuracy")
    assert straight.metrics == {"test_loss": 0.5}
    assert straight.steps_in_all == 50
    assert straight.confusion is not None
    assert straight.confusion.counts == ((5, 0), (0, 5))
    assert straight.confusion.labels == ("no", "yes")
    assert straight.best is not None
    assert straight.best.epoch == 5


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8), st.randoms())
def test_any_number_of_kills_gives_the_same_history(
    kills: list[tuple[int, int]], random_: random.Random
) -> None:
    """Each worker starts at some checkpoint not beyond what was done, and is killed at any time."""
    events: list[Event] = [started(0)]
    reached, saved = 0, 0
    for forth, back in kills:
        dead_at = max(saved, min(50, reached + forth))
        events += told(saved, dead_at)
        reached, saved = dead_at, max(saved, min(dead_at, back))
        events.append(started(saved))
    events += [*told(saved, 50), ended(50)]
    history = History()
    while events:
        size = random_.randrange(1, 9)
        reduce(history, events[:size])
        del events[:size]
    expected = reduce(History(), [started(0), *told(0, 50), ended(50)])
    assert view(history) == view(expected)


def test_taking_up_again_voids_what_came_later() -> None:
    history = reduce(History(), [started(0), *told(0, 37)])
    before = history.revision
    reduce(history, [started(25)])
    assert list(history.curve.steps) == list(range(1, 26))
    assert [epoch.epoch for epoch in history.epochs] == [1, 2]
    assert history.step == 25
    assert history.revision > before
    assert history.confusion is not None
    assert history.confusion.epoch == 2


def test_taking_up_again_at_the_very_step_voids_nothing() -> None:
    history = reduce(History(), [started(0), *told(0, 30), ended(30, "stopped"), started(30)])
    assert history.revision == 0
    assert history.state == "running"
    assert history.ended is None
    assert len(history.curve) == 30


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "starting"),
        ([started(0)], "running"),
        ([started(0), Paused(step=3)], "paused"),
        ([started(0), Paused(step=3), Continued(step=3)], "running"),
        ([started(0), ended(3, "stopped")], "stopped"),
        ([started(0), ended(3, "failed")], "failed"),
        ([started(0), ended(3, "interrupted")], "interrupted"),
        ([started(0), ended(3, "interrupted"), started(3)], "running"),
    ],
)
def test_states(events: Iterable[Event], state: str) -> None:
    assert reduce(History(), events).state == state


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([started(0)], "crashed"),
        ([started(0), Paused(step=3)], "crashed"),
        ([started(0), ended(3)], "finished"),
        ([], "starting"),
    ],
)
def test_a_run_nobody_holds_crashed_if_it_says_it_works(events: list[Event], state: str) -> None:
    assert settle(reduce(History(), events), held=False).state == state
    assert settle(reduce(History(), events), held=True).state != "crashed"


def test_a_rewound_reader_starts_over(straight: History) -> None:
    revision = straight.revision
    reduce(straight, [Rewound(), started(0), *told(0, 50), ended(50)])
    assert view(straight) == view(reduce(History(), [started(0), *told(0, 50), ended(50)]))
    assert straight.revision > revision


def test_ten_minutes_of_the_machine_are_kept() -> None:
    history = reduce(History(), [started(0)])
    samples = [
        MachineSampled(
            elapsed=float(second), cpu=0.5, process_memory=1, memory_used=1, memory_total=2
        )
        for second in range(2000)
    ]
    reduce(history, samples)
    assert history.machine[0].elapsed == 1399.0
    assert len(history.machine) == 601


def test_notices_are_kept_and_bounded() -> None:
    notices = [Noticed(severity="note", code="n", message=str(n)) for n in range(1000)]
    history = reduce(History(), notices)
    assert history.notices[-1].message == "999"
    assert len(history.notices) == 200


def test_a_metric_that_came_late_is_nan_before() -> None:
    late = EpochEnded(epoch=2, step=20, seconds=1.0, metrics={"val_f1": 0.5}, best=True)
    history = reduce(History(), [started(0), judged(1), late])
    assert math.isnan(history.metric("val_f1")[0])
    assert history.metric("val_f1")[1] == 0.5

"""Checkpoints at their time, and best epochs before what comes after them."""

import pytest

import trainers.keeper
from trainers.checkpoints import Snapshot
from trainers.events import CheckpointSaved, Event
from trainers.keeper import Keeper


class Disk:
    """A disk on which every checkpoint takes a second of a made clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.written: list[tuple[int, bool]] = []
        monkeypatch.setattr(trainers.keeper.time, "monotonic", lambda: self.now)

    def __call__(self, snapshot: Snapshot, best: bool) -> Event:
        self.now += 1.0
        self.written.append((snapshot.step, best))
        return CheckpointSaved(step=snapshot.step, epoch=0, name="", best=best, bytes=0)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def epoch(keeper: Keeper, step: int, *, best: bool) -> list[Event]:
    return list(keeper.epoch(lambda: Snapshot(step, 0, {}), best=best))


def test_the_first_best_epoch_is_written_at_once(disk: Disk) -> None:
    keeper = Keeper(disk, 30.0)
    assert len(epoch(keeper, 10, best=True)) == 1
    assert disk.written == [(10, True)]


def test_best_epochs_that_come_too_fast_wait_and_only_the_last_is_written(disk: Disk) -> None:
    keeper = Keeper(disk, 1000.0)
    for step in range(10, 60, 10):
        epoch(keeper, step, best=True)
        disk.now += 1.0
    assert disk.written == [(10, True)]
    list(keeper.save(lambda: Snapshot(57, 0, {})))
    assert disk.written == [(10, True), (50, True), (57, False)]


def test_best_epochs_far_apart_are_written_at_once(disk: Disk) -> None:
    keeper = Keeper(disk, 1000.0)
    for step in (10, 20):
        epoch(keeper, step, best=True)
        disk.now += 100.0
    assert disk.written == [(10, True), (20, True)]


def test_an_epoch_that_is_not_best_is_written_when_it_is_time(disk: Disk) -> None:
    keeper = Keeper(disk, 30.0)
    assert epoch(keeper, 10, best=False) == []
    disk.now += 31.0
    assert len(epoch(keeper, 20, best=False)) == 1
    assert disk.written == [(20, False)]
    assert keeper.due == disk.now + 30.0


def test_a_step_is_not_written_twice(disk: Disk) -> None:
    keeper = Keeper(disk, 30.0)
    epoch(keeper, 10, best=True)
    assert list(keeper.save(lambda: Snapshot(10, 0, {}))) == []

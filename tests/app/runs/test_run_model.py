"""The model follows real run folders: finished, live, paused, crashed, and real workers."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from app.runs.run_model import RunModel, newest_run
from tests.app.written_runs import SPEC, Training, made_run, write
from trainers.events import Continued, Paused
from trainers.journal import JournalWriter
from trainers.locks import RunLock
from trainers.runs import RunFolder

PLAN = Training()


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[RunModel]:
    made = RunModel()
    yield made
    made.leave()


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return made_run(tmp_path)


@pytest.fixture
def held(run: RunFolder) -> Iterator[RunLock]:
    lock = run.lock()
    assert isinstance(lock, RunLock)
    yield lock
    lock.release()


def test_a_finished_run_is_shown_whole(model: RunModel, run: RunFolder, qtbot: QtBot) -> None:
    write(run, PLAN.finished(run))
    model.show(run)
    qtbot.waitUntil(lambda: model.state == "finished", timeout=3000)
    assert len(model.history.epochs) == PLAN.epochs
    assert model.history.metrics["test_accuracy"] == pytest.approx(0.9631)
    assert not model.active


def test_a_live_run_is_followed_to_its_end(
    model: RunModel, run: RunFolder, held: RunLock, qtbot: QtBot
) -> None:
    write(run, PLAN.until(run, 50))
    model.show_newest(run.path.parent.with_name("digits.yaml"))
    qtbot.waitUntil(lambda: model.state == "running", timeout=3000)
    assert model.history.step == 50
    writer = JournalWriter(run.events_path)
    writer.append(PLAN.progress(52))
    writer.flush()
    qtbot.waitUntil(lambda: model.history.step == 52, timeout=3000)
    writer.append(PLAN.ended(run, "stopped", 52))
    writer.close()
    qtbot.waitUntil(lambda: model.state == "stopped", timeout=3000)


def test_every_state_is_told_once(
    model: RunModel, run: RunFolder, held: RunLock, qtbot: QtBot
) -> None:
    told: list[str] = []
    model.state_changed.connect(told.append)
    write(run, PLAN.until(run, 20))
    model.show(run)
    qtbot.waitUntil(lambda: model.state == "running", timeout=3000)
    write(run, [PLAN.progress(22), Paused(step=22)])
    qtbot.waitUntil(lambda: model.state == "paused", timeout=3000)
    write(run, [Continued(step=22), PLAN.progress(24), PLAN.ended(run, "finished", 24)])
    qtbot.waitUntil(lambda: model.state == "finished", timeout=3000)
    assert told == ["running", "paused", "finished"]


def test_a_worker_that_dies_has_crashed(
    model: RunModel, run: RunFolder, held: RunLock, qtbot: QtBot
) -> None:
    run.log_path.write_text("loading\nSegmentation fault\n")
    write(run, PLAN.until(run, 100))
    model.show(run)
    qtbot.waitUntil(lambda: model.state == "running", timeout=3000)
    held.release()
    qtbot.waitUntil(lambda: model.state == "crashed", timeout=3000)
    assert model.last_words == "Segmentation fault"
    assert model.history.step == 100


def test_wishes_become_files_and_the_state_says_so(
    model: RunModel, run: RunFolder, held: RunLock, qtbot: QtBot
) -> None:
    write(run, PLAN.until(run, 20))
    model.show(run)
    qtbot.waitUntil(lambda: model.state == "running", timeout=3000)
    model.pause()
    assert (model.state, run.wish()) == ("pausing", "pause")
    write(run, [Paused(step=20)])
    qtbot.waitUntil(lambda: model.state == "paused", timeout=3000)
    model.resume()
    assert run.wish() is None
    write(run, [Continued(step=20)])
    qtbot.waitUntil(lambda: model.state == "running", timeout=3000)
    model.stop()
    assert (model.state, run.wish()) == ("stopping", "stop")


def test_a_rewritten_journal_is_told_from_its_beginning(
    model: RunModel, run: RunFolder, held: RunLock, qtbot: QtBot
) -> None:
    write(run, PLAN.until(run, 40))
    model.show(run)
    qtbot.waitUntil(lambda: model.history.step == 40, timeout=3000)
    run.events_path.unlink()
    write(run, PLAN.until(run, 10))
    qtbot.waitUntil(lambda: model.history.step == 10, timeout=3000)
    assert model.history.epochs == []


def test_another_run_takes_the_place_of_the_first(
    model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    first, second = made_run(tmp_path), made_run(tmp_path)
    write(first, PLAN.finished(first))
    write(second, PLAN.failed(second))
    model.show(first)
    model.show(second)
    qtbot.waitUntil(lambda: model.state == "failed", timeout=3000)
    assert model.run == second


def test_the_newest_run_of_a_spec_is_found(tmp_path: Path) -> None:
    spec = tmp_path / "digits.yaml"
    assert newest_run(spec) is None
    runs = [made_run(tmp_path) for _ in range(3)]
    assert newest_run(spec) == max(runs, key=lambda run: run.path.name)


def test_leaving_ends_the_thread_and_nothing_else(
    model: RunModel, run: RunFolder, held: RunLock, qtbot: QtBot
) -> None:
    before = threading.active_count()
    write(run, PLAN.until(run, 20))
    model.show(run)
    qtbot.waitUntil(lambda: model.state == "running", timeout=3000)
    model.leave()
    assert threading.active_count() <= before
    assert run.is_held()
    assert run.wish() is None


def test_a_place_that_cannot_be_written_is_told(
    model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "digits.runs").write_text("a file where the folder should be")
    with qtbot.waitSignal(model.refused, timeout=3000) as told:
        model.start(SPEC, tmp_path / "digits.yaml")
    assert "digits.runs" in told.args[0]
    assert model.state == "idle"


@pytest.mark.slow
def test_a_real_worker_that_finds_a_mistake_fails_in_words(
    model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    spec = tmp_path / "digits.yaml"
    spec.write_text(SPEC)
    model.start(SPEC, spec, "Digits")
    assert model.state == "starting"
    qtbot.waitUntil(lambda: not model.active, timeout=30_000)
    assert model.state == "failed"
    assert model.history.ended is not None
    assert "data.csv" in (model.history.ended.message or "")


@pytest.mark.slow
def test_a_real_run_goes_on_without_its_window(tmp_path: Path, qtbot: QtBot) -> None:
    rows = "\n".join(f"{n % 7},{n % 5},{n % 2}" for n in range(4000))
    (tmp_path / "data.csv").write_text(f"a,b,odd\n{rows}\n")
    text = (
        "netwright: 1\ndata: {source: data.csv, target: {odd: category}}\n"
        "model:\n  - linear: 16\n  - relu\n  - linear: auto\n"
        "train: {epochs: 100000, batch_size: 8, seed: 1}\n"
    )
    spec = tmp_path / "odd.yaml"
    spec.write_text(text)
    window = RunModel()
    window.start(text, spec)
    qtbot.waitUntil(lambda: len(window.history.curve) > 0, timeout=30_000)
    run = window.run
    assert run is not None
    window.leave()
    assert run.is_held()
    again = RunModel()
    again.show_newest(spec)
    qtbot.waitUntil(lambda: again.state == "running", timeout=5000)
    assert again.history.curve.steps[0] == window.history.curve.steps[0]
    again.stop()
    qtbot.waitUntil(lambda: again.state == "stopped", timeout=20_000)
    again.leave()
    assert again.history.started is not None
    qtbot.waitUntil(lambda: not _runs(again.history.started.pid), timeout=10_000)


def _runs(pid: int) -> bool:
    # A child that ended but was not waited for is a zombie, and works on nothing.
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

"""The worker with a small real training at its joint: signals, wishes, failures, exactness."""

import hashlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from tests.trainers.small_training import small_job
from trainers.checkpoints import Found, newest
from trainers.events import Event, MachineSampled, Noticed, Paused, Progress, RunEnded, RunStarted
from trainers.exits import trouble
from trainers.history import History, reduce, settle
from trainers.job import Job
from trainers.journal import read_events
from trainers.manifest import names_newest_first, pointed, verify
from trainers.record import RunRecord
from trainers.run_list import state_of
from trainers.runs import RunFolder, create
from trainers.worker import work

Worker = subprocess.Popen[bytes]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return new_run(tmp_path / "run")


def new_run(path: Path) -> RunFolder:
    made = create("netwright: 1\n", path=path)
    assert isinstance(made, RunFolder)
    return made


def weights(run: RunFolder) -> str:
    name = pointed(run, "last")
    assert name is not None
    assert verify(run, name) is None
    content = (run.checkpoints_path / name / "model.safetensors").read_bytes()
    return hashlib.sha256(content).hexdigest()


def history(run: RunFolder) -> History:
    return settle(reduce(History(), read_events(run.events_path)), held=run.is_held())


def here(run: RunFolder, **settings: object) -> int:
    return work(
        run,
        Catalog([]),
        lambda _: None,
        prepare=small_job(**settings),
    )


def start(run: RunFolder, steps: int = 200, pace: float = 0.004, every: int = 20) -> Worker:
    command = [sys.executable, "-m", "tests.trainers.small_training", str(run.path)]
    return subprocess.Popen([*command, str(steps), str(pace), str(every)], cwd=ROOT)


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def steps_done(run: RunFolder) -> int:
    return max((e.step for e in read_events(run.events_path) if isinstance(e, Progress)), default=0)


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[float]]:
    """Weights and losses of 200 steps in one go."""
    run = new_run(tmp_path_factory.mktemp("straight") / "run")
    assert here(run, steps=200) == 0
    return weights(run), list(history(run).curve.losses)


def test_a_run_in_one_go_records_what_it_is_done_with(run: RunFolder) -> None:
    seen: list[Event] = []
    code = work(run, Catalog([]), seen.append, prepare=small_job())
    assert code == 0
    record = run.record()
    assert isinstance(record, RunRecord)
    assert (record.device, record.seed, record.threads) == ("cpu", 7, 1)
    assert record.data == {"rows": "made"}
    assert {"netwright", "python", "torch", "numpy"} <= set(record.versions)
    assert seen == list(read_events(run.events_path))
    assert isinstance(seen[-1], RunEnded)
    assert not run.is_held()
    assert len(names_newest_first(run)) >= 2


def test_a_finished_run_stays_as_it_is(run: RunFolder) -> None:
    assert here(run) == 0
    before = run.events_path.read_bytes()
    seen: list[Event] = []
    code = work(run, Catalog([]), seen.append, prepare=small_job())
    assert code == 0
    assert [event.status for event in seen if isinstance(event, RunEnded)] == ["finished"]
    assert run.events_path.read_bytes() == before


def test_stopping_anywhere_and_going_on_changes_nothing(
    run: RunFolder, straight: tuple[str, list[float]]
) -> None:
    choose = random.Random(3)
    stops = 0
    while history(run).state != "finished":
        at = steps_done(run) + choose.randrange(1, 60)

        def stop_at(event: Event, at: int = at) -> None:
            if isinstance(event, Progress) and event.step == at:
                run.request("stop")

        assert (
            work(
                run,
                Catalog([]),
                stop_at,
                prepare=small_job(steps=200, pace=0.002),
            )
            == 0
        )
        assert run.wish() is None
        stops += 1
    assert stops > 2
    assert weights(run) == straight[0]
    assert list(history(run).curve.losses) == straight[1]


@pytest.mark.slow
def test_a_killed_worker_goes_on_to_the_same_weights(
    run: RunFolder, straight: tuple[str, list[float]]
) -> None:
    choose = random.Random(11)
    for _ in range(3):
        process = start(run)
        first = steps_done(run)
        goal = min(150, first + choose.randrange(5, 60))
        until(lambda goal=goal: run.is_held() and steps_now(run) >= goal)
        process.kill()
        process.wait()
        assert history(run).state == "crashed"
        assert state_of(run) == "crashed"
    assert start(run, pace=0).wait() == 0
    assert weights(run) == straight[0]
    told = history(run)
    assert list(told.curve.losses) == straight[1]
    assert list(told.curve.steps) == list(range(1, 201))
    assert not list(run.path.rglob(".*.tmp"))


def steps_now(run: RunFolder) -> int:
    """How far the newest checkpoint is: what is in the journal may lag by a second."""
    names = names_newest_first(run)
    return int(names[0].partition("-")[0]) if names else 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
def test_a_signal_saves_at_that_step_and_leaves(
    run: RunFolder, straight: tuple[str, list[float]], number: int, code: int
) -> None:
    process = start(run, every=1000)
    until(lambda: any(isinstance(e, RunStarted) for e in read_events(run.events_path)))
    time.sleep(0.2)
    before = time.monotonic()
    process.send_signal(number)
    assert process.wait() == code
    assert time.monotonic() - before < 10
    ended = list(read_events(run.events_path))[-1]
    assert isinstance(ended, RunEnded)
    assert ended.status == "interrupted"
    found = newest(run)
    assert isinstance(found, Found)
    assert found.snapshot is not None
    assert found.snapshot.step == ended.step > 0
    assert start(run, pace=0).wait() == 0
    assert weights(run) == straight[0]


@pytest.mark.slow
def test_a_second_ctrl_c_leaves_at_once(run: RunFolder) -> None:
    process = start(run, steps=50, pace=3.0)
    until(lambda: any(isinstance(e, RunStarted) for e in read_events(run.events_path)))
    time.sleep(0.5)  # the first step, of three seconds, has begun
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    before = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    assert time.monotonic() - before < 1


@pytest.mark.slow
def test_pausing_and_going_on_changes_nothing(
    run: RunFolder, straight: tuple[str, list[float]]
) -> None:
    process = start(run)
    until(run.is_held)
    run.request("pause")
    until(lambda: state_of(run) == "paused")
    told = [e for e in read_events(run.events_path) if not isinstance(e, MachineSampled)]
    assert isinstance(told[-1], Paused)
    run.clear("pause")
    assert process.wait() == 0
    assert weights(run) == straight[0]


@pytest.mark.slow
def test_a_paused_run_can_be_stopped(run: RunFolder) -> None:
    run.request("pause")
    process = start(run)
    until(lambda: state_of(run) == "paused")
    run.request("stop")
    assert process.wait() == 0
    assert history(run).state == "stopped"


@pytest.mark.slow
def test_a_second_worker_is_refused(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    process = start(run, pace=0.05)
    until(run.is_held)
    before = run.events_path.stat().st_size if run.events_path.exists() else 0
    begun = time.monotonic()
    assert here(run) == 6
    assert time.monotonic() - begun < 2
    assert "is being trained" in capsys.readouterr().err
    run.request("stop")
    assert process.wait() == 0
    assert run.events_path.stat().st_size > before


def problems_of(run: RunFolder, made: Sequence[Problem]) -> int:
    return work(run, Catalog([]), lambda _: None, prepare=lambda *_, **__: made)


def test_problems_of_the_spec_end_the_run_with_its_code(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = [
        trouble("data.missing", "there is no file adult.csv", hint="look"),
        trouble("b", "c"),
    ]
    assert problems_of(run, problems) == 2
    assert "there is no file adult.csv" in capsys.readouterr().err
    ended = history(run).ended
    assert ended is not None
    assert (ended.status, ended.code, ended.hint) == ("failed", "data.missing", "look")
    assert problems_of(run, [trouble("resource.memory", "too big")]) == 4


def raising(error: BaseException) -> Callable[..., Job]:
    def train(*_: object) -> Iterator[Event]:
        raise error
        yield

    return lambda *_, **__: Job(train, "cpu", 1, 1, {})


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ValueError("odd"), 5, "ValueError: odd"),
        (MemoryError(), 4, "memory"),
        (PermissionError(13, "Permission denied", "/x/adult.csv"), 4, "/x/adult.csv"),
    ],
)
def test_whatever_is_raised_is_the_recorded_end(
    run: RunFolder, capsys: pytest.CaptureFixture[str], error: Exception, code: int, words: str
) -> None:
    assert work(run, Catalog([]), lambda _: None, prepare=raising(error)) == code
    ended = history(run).ended
    assert ended is not None
    assert ended.status == "failed"
    assert words in (ended.message or "")
    assert "Traceback" not in capsys.readouterr().err
    assert not run.is_held()


def test_a_bug_is_found_in_the_log(run: RunFolder) -> None:
    work(run, Catalog([]), lambda _: None, prepare=raising(ValueError("odd")))
    assert "raise error" in run.log_path.read_text()


def test_out_of_memory_on_the_device_says_so(run: RunFolder) -> None:
    import torch

    assert work(run, Catalog([]), lambda _: None, prepare=raising(torch.OutOfMemoryError())) == 4


def test_changed_data_is_refused_until_accepted(
    run: RunFolder, straight: tuple[str, list[float]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(run, steps=100) == 0
    other = new_run(run.path.with_name("other"))
    half_way(other)
    record = other.record()
    assert isinstance(record, RunRecord)
    from dataclasses import replace

    other.write_record(replace(record, data={"rows": "others"}))
    assert here(other, steps=200) == 2
    assert "rows" in capsys.readouterr().err
    code = work(
        other,
        Catalog([]),
        lambda _: None,
        prepare=small_job(steps=200),
        accept_changed=True,
    )
    assert code == 0
    assert any(notice.code == "data.changed" for notice in history(other).notices)
    assert weights(other) == straight[0]


def half_way(run: RunFolder) -> None:
    def stop(event: Event) -> None:
        if isinstance(event, Progress) and event.step == 60:
            run.request("stop")

    prepare = small_job(steps=200, pace=0.002)
    assert work(run, Catalog([]), stop, prepare=prepare) == 0


def test_a_damaged_newest_checkpoint_is_passed_over_with_a_notice(
    run: RunFolder, straight: tuple[str, list[float]]
) -> None:
    half_way(run)
    name = names_newest_first(run)[0]
    path = run.checkpoints_path / name / "training.safetensors"
    raw = bytearray(path.read_bytes())
    raw[-5] ^= 1
    path.write_bytes(raw)
    assert here(run, steps=200) == 0
    assert any(notice.code == "checkpoint.damaged" for notice in history(run).notices)
    assert weights(run) == straight[0]
    assert (run.checkpoints_path / f"{name}.damaged").is_dir()


def test_a_run_whose_every_checkpoint_is_damaged_is_not_begun_again(run: RunFolder) -> None:
    half_way(run)
    for name in names_newest_first(run):
        (run.checkpoints_path / name / "model.safetensors").write_bytes(b"")
    assert here(run, steps=200) == 7


def test_a_full_disk_pauses_and_space_lets_it_go_on(
    run: RunFolder, straight: tuple[str, list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    from trainers import saving

    monkeypatch.setattr(saving, "_waits", lambda: iter([0.05] * 1000))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_then_free(event: Event) -> None:
        if isinstance(event, Progress) and event.step == 30:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        if isinstance(event, Paused):
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    try:
        code = work(
            run,
            Catalog([]),
            fill_then_free,
            prepare=small_job(steps=200),
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 0
    codes = [e.code for e in read_events(run.events_path) if isinstance(e, Noticed)]
    assert codes == ["checkpoint.disk_full", "checkpoint.disk_full", "disk_full"]
    assert weights(run) == straight[0]
    assert list(history(run).curve.steps) == list(range(1, 201))


def test_a_paused_disk_can_be_left_by_a_stop(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainers import checkpoints, saving

    monkeypatch.setattr(saving, "_waits", lambda: iter([0.05] * 1000))

    def full_then_stop(event: Event) -> None:
        if isinstance(event, Progress) and event.step == 30:
            monkeypatch.setattr(checkpoints, "free_bytes", lambda _: 0)
        if isinstance(event, Paused):
            run.request("stop")

    prepare = small_job(steps=200)
    assert work(run, Catalog([]), full_then_stop, prepare=prepare) == 0
    assert history(run).state == "stopped"
    assert steps_now(run) == 20


@pytest.mark.slow
def test_the_machine_is_sampled_while_training(run: RunFolder) -> None:
    process = start(run, steps=400, pace=0.006)
    assert process.wait() == 0
    samples = [e for e in read_events(run.events_path) if isinstance(e, MachineSampled)]
    assert len(samples) >= 2
    assert all(0 <= sample.cpu <= 1 for sample in samples)
    assert all(0 < sample.process_memory < sample.memory_total for sample in samples)
    assert all(1 <= b.elapsed - a.elapsed < 2 for a, b in itertools.pairwise(samples))


@pytest.mark.slow
def test_the_journal_reaches_the_file_while_a_step_takes_long(run: RunFolder) -> None:
    process = start(run, steps=50, pace=4.0)
    try:
        until(lambda: any(isinstance(e, RunStarted) for e in read_events(run.events_path)))
        until(lambda: any(isinstance(e, MachineSampled) for e in read_events(run.events_path)), 3.5)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

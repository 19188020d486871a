"""Story: the disk fills up, or can only be read any more, while a training runs; it waits."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from trainers.commands import run_command
from trainers.events import Noticed
from trainers.history import History, reduce
from trainers.journal import read_events
from trainers.manifest import names_newest_first, pointed, verify
from trainers.run_list import state_of
from trainers.runs import RunFolder, create

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0,
        reason="mounts a file system of its own: needs Linux and root",
    ),
]


def mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount("-t", "tmpfs", "-o", "size=3m", "none", str(place))
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


@pytest.fixture
def straight(tmp_path: Path) -> str:
    run = new_run(tmp_path / "straight")
    assert worker(run, pace=0).wait() == 0
    return weights(run)


def new_run(path: Path) -> RunFolder:
    made = create("netwright: 1\n", path=path)
    assert isinstance(made, RunFolder)
    return made


def worker(run: RunFolder, pace: float = 0.005) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.trainers.small_training", str(run.path)]
    return subprocess.Popen([*command, "200", str(pace), "20"], cwd=ROOT)


def weights(run: RunFolder) -> str:
    name = pointed(run, "last")
    assert name is not None
    path = run.checkpoints_path / name / "model.safetensors"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def codes(run: RunFolder) -> list[str]:
    return [event.code for event in read_events(run.events_path) if isinstance(event, Noticed)]


def test_a_full_disk_pauses_the_training_until_there_is_space(disk: Path, straight: str) -> None:
    run = new_run(disk / "run")
    process = worker(run)
    until(lambda: len(names_newest_first(run)) >= 2)
    with suppress(OSError), (disk / "ballast").open("wb", buffering=0) as ballast:
        while ballast.write(b"x" * 4096):
            pass
    kept = names_newest_first(run)
    until(lambda: _quiet(run))
    assert process.poll() is None
    assert all(verify(run, name) is None for name in names_newest_first(run)[:2])
    assert names_newest_first(run)[1] in kept or names_newest_first(run)[0] in kept
    mount("-o", "remount,size=1g", str(disk))
    assert process.wait() == 0
    assert "disk_full" in codes(run)
    _whole(run, straight)


def test_a_disk_that_may_only_be_read_pauses_the_training_too(disk: Path, straight: str) -> None:
    run = new_run(disk / "run")
    process = worker(run)
    until(lambda: names_newest_first(run))
    # Busy while files are open for writing: the whole file system is made read-only by force.
    bound = ["-o", "remount,ro", str(disk)]
    done = subprocess.run(["mount", *bound], check=False, capture_output=True, text=True)
    if done.returncode:
        process.kill()
        process.wait()
        pytest.skip("this kernel refuses to make a busy file system read-only")
    until(lambda: _quiet(run))
    mount("-o", "remount,rw", str(disk))
    assert process.wait() == 0
    _whole(run, straight)


def test_a_disk_that_may_only_be_read_is_refused_at_the_start(
    disk: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = new_run(disk / "run")
    mount("-o", "remount,ro", str(disk))
    assert worker(run).wait() == 4
    assert str(run.path) in capfd.readouterr().err
    assert run_command(["stop", str(run.path)]) == 0
    made = create("netwright: 1\n", path=disk / "other")
    assert not isinstance(made, RunFolder)
    assert made.code == "resource.permission"


def _quiet(run: RunFolder) -> bool:
    """Whether nothing was saved for a while: the training waits."""
    names = names_newest_first(run)
    time.sleep(2.0)
    return names == names_newest_first(run) and state_of(run) in ("running", "paused")


def _whole(run: RunFolder, straight: str) -> None:
    assert weights(run) == straight
    told = reduce(History(), read_events(run.events_path))
    assert list(told.curve.steps) == list(range(1, 201))
    assert run_command(["fsck", str(run.path)]) == 0

"""Story: the machine lets a training down, again and again, and nothing is lost.

A run that is killed any number of times, at any operation, ends with the very weights of the run
that was left alone, and its curve has every step once.
"""

import hashlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from tests.trainers.small_training import small_job
from trainers.checkpoints import Found, newest
from trainers.commands import run_command
from trainers.events import RunStarted
from trainers.history import History, reduce
from trainers.journal import read_events
from trainers.manifest import names_newest_first, pointed, verify
from trainers.runs import RunFolder, create
from trainers.worker import work

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked copies of itself"),
]
CHANGES = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate")


def weights(run: RunFolder) -> str:
    name = pointed(run, "last")
    assert name is not None
    assert verify(run, name) is None
    content = (run.checkpoints_path / name / "model.safetensors").read_bytes()
    return hashlib.sha256(content).hexdigest()


def small(run: RunFolder) -> int:
    return work(run, Catalog([]), lambda _: None, prepare=small_job(steps=60, every=20))


def in_a_copy(job: Callable[[], int]) -> int:
    """Run `job` in a forked copy of this process; return how that ended, as `Popen` does."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = job()
        finally:  # the copy must never go on with the tests
            if code == 99:
                traceback.print_exc()
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Killer:
    """Kills this process at its n-th change of anything below a folder.

    A write is torn: half of it reaches the file. A sync, a rename, a deletion has not happened.
    """

    def __init__(self, operation: int, folder: Path) -> None:
        self.left = operation
        self.folder = str(folder)
        self.write, self.fsync = os.write, os.fsync

    def lie_in_wait(self) -> None:
        os.write, os.fsync = self.torn_write, self.lost_fsync
        sys.addaudithook(self.watch)

    def due(self) -> bool:
        self.left -= 1
        return self.left == 0

    def watch(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in CHANGES and str(arguments[0]).startswith(self.folder):
            reads = event == "open" and not _writes(arguments[2])
            if not reads and self.due():
                os.kill(os.getpid(), signal.SIGKILL)

    def torn_write(self, handle: int, data: bytes) -> int:
        if self.due():
            self.write(handle, data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return self.write(handle, data)

    def lost_fsync(self, handle: int) -> None:
        if self.due():
            os.kill(os.getpid(), signal.SIGKILL)
        self.fsync(handle)


def killed_at(operation: int, run: RunFolder) -> int:
    """Work on the run in a copy of this process that is killed at its n-th change of the folder."""

    def job() -> int:
        Killer(operation, run.path).lie_in_wait()
        return small(run)

    return in_a_copy(job)


def _writes(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def new_run(path: Path) -> RunFolder:
    made = create("netwright: 1\n", path=path)
    assert isinstance(made, RunFolder)
    return made


@pytest.mark.slow
def test_a_kill_at_every_single_operation_changes_nothing(tmp_path: Path) -> None:
    straight = new_run(tmp_path / "straight")
    assert in_a_copy(lambda: small(straight)) == 0
    expected = weights(straight)
    losses = reduce(History(), read_events(straight.events_path)).curve.losses
    for operation in itertools.count(1):
        run = new_run(tmp_path / f"run-{operation}")
        code = killed_at(operation, run)
        if code == 0:
            break
        assert code == -signal.SIGKILL, operation
        found = newest(run)
        assert isinstance(found, Found), operation
        assert found.damaged == (), operation
        assert in_a_copy(lambda run=run: small(run)) == 0, operation
        assert weights(run) == expected, operation
        told = reduce(History(), read_events(run.events_path))
        assert told.curve.losses == losses, operation
        assert told.state == "finished", operation
        assert not list(run.path.rglob(".*.tmp")), operation
    assert operation > 80


@pytest.mark.slow
def test_kills_at_every_seventh_operation_until_it_is_done(tmp_path: Path) -> None:
    """Each resumption is killed too, a little later than the one before."""
    straight = new_run(tmp_path / "straight")
    assert in_a_copy(lambda: small(straight)) == 0
    run = new_run(tmp_path / "run")
    for operation in itertools.count(7, 7):
        code = killed_at(operation, run)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        assert len(names_newest_first(run)) <= 4
    assert operation > 40
    assert weights(run) == weights(straight)


# The same with the program as people use it: the command line, a spec, a CSV.

ROOT = Path(__file__).resolve().parents[2]
SPEC = """\
netwright: 1
data: {source: points.csv, target: kind}
model:
  - linear: 32
  - batch_norm
  - relu
  - dropout: 0.2
  - linear: auto
train:
  epochs: 80
  batch_size: 32
  checkpoint_seconds: 0.1
  early_stopping: {patience: 80}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a spec and its data."""
    folder = tmp_path_factory.mktemp("project")
    choose = random.Random(1)
    with (folder / "points.csv").open("w") as file:
        file.write("a,b,c,kind\n")
        for _ in range(2000):
            a, b, c = (choose.gauss(0, 1) for _ in range(3))
            kind = "yes" if a * b + c + choose.gauss(0, 0.3) > 0 else "no"
            file.write(f"{a:.4f},{b:.4f},{c:.4f},{kind}\n")
    (folder / "points.yaml").write_text(SPEC)
    return folder


def netwright(*words: object, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.main", *map(str, words)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
    )


def train_straight(project: Path, epochs: int) -> RunFolder:
    run = RunFolder(project / f"straight-{epochs}")
    words = ("train", "points.yaml", "--seed", 5, "--set", f"train.epochs={epochs}")
    assert netwright(*words, "--run", run.path, folder=project).wait() == 0
    return run


def train_killed(project: Path, epochs: int, kills: int, choose: random.Random) -> RunFolder:
    """Train, killed at random times; each time some way after the worker went on."""
    run = RunFolder(project / f"killed-{epochs}")
    words: tuple[object, ...] = ("train", "points.yaml", "--seed", 5, "--set")
    words = (*words, f"train.epochs={epochs}", "--run", run.path)
    for kill in range(kills):
        process = netwright(*words, folder=project)
        while process.poll() is None and starts(run) <= kill:
            time.sleep(0.01)
        time.sleep(choose.uniform(0.0, 0.4))
        process.kill()
        assert process.wait() == -signal.SIGKILL, "the run was too short to be killed so often"
        words = ("resume", run.path)
    assert netwright("resume", run.path, folder=project).wait() == 0
    return run


def starts(run: RunFolder) -> int:
    return sum(isinstance(event, RunStarted) for event in read_events(run.events_path))


def same_in_the_end(run: RunFolder, straight: RunFolder) -> None:
    assert weights(run) == weights(straight)
    told, expected = (reduce(History(), read_events(r.events_path)) for r in (run, straight))
    assert told.state == "finished"
    assert told.metrics == expected.metrics
    assert [e.metrics for e in told.epochs] == [e.metrics for e in expected.epochs]
    assert list(told.curve.steps) == sorted(set(told.curve.steps))
    assert run_command(["fsck", str(run.path)]) == 0


@pytest.mark.slow
def test_three_kills_of_the_program(project: Path) -> None:
    straight = train_straight(project, 80)
    same_in_the_end(train_killed(project, 80, 3, random.Random(2)), straight)


@pytest.mark.long
def test_twenty_kills_of_the_program(project: Path) -> None:
    straight = train_straight(project, 600)
    same_in_the_end(train_killed(project, 600, 20, random.Random(9)), straight)

"""Story: the machine lets a training down, again and again, and nothing is lost.

A run that is killed any number of times, at any operation, ends with the very weights of the run
that was left alone, and its curve has every step once.
"""

import hashlib
import itertools
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from tests.trainers.small_training import small_job
from trainers.checkpoints import Found, newest
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
        except BaseException:  # noqa: BLE001 - the copy must never go on with the tests
            traceback.print_exc()
        finally:
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

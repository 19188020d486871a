"""The lock of a run against other processes, kills and look-alikes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from nnspec.problems import Problem
from trainers.exits import exit_code
from trainers.locks import Owner, RunLock, is_held, owner, take, wait_until_free

HOLDER = (
    "import sys, time\nfrom pathlib import Path\nfrom trainers.locks import take\n"
    "lock = take(Path(sys.argv[1]))\nprint('held', flush=True)\ntime.sleep(60)\n"
)


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def taken(found: RunLock | Problem) -> RunLock:
    assert isinstance(found, RunLock), found
    return found


def test_a_lock_is_given_back(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    lock = taken(take(tmp_path))
    assert is_held(tmp_path)
    assert owner(tmp_path) == Owner(os.getpid(), psutil.Process().create_time())
    lock.release()
    assert not is_held(tmp_path)
    assert owner(tmp_path) is None
    taken(take(tmp_path)).release()


def test_a_second_owner_is_refused_within_two_seconds(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    before = time.monotonic()
    problem = take(tmp_path)
    assert time.monotonic() - before < 2
    assert isinstance(problem, Problem)
    assert exit_code([problem]) == 6
    assert str(holder.pid) in problem.message
    assert is_held(tmp_path)


def test_a_killed_owner_frees_the_run_at_once(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert not is_held(tmp_path)
    before = time.monotonic()
    taken(take(tmp_path)).release()
    assert time.monotonic() - before < 1


def test_a_stopped_owner_keeps_the_run(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGSTOP)
    try:
        assert is_held(tmp_path)
        assert isinstance(take(tmp_path), Problem)
    finally:
        os.kill(holder.pid, signal.SIGCONT)


def test_a_reused_process_number_is_not_the_owner(tmp_path: Path) -> None:
    (tmp_path / "owner.json").write_text(json.dumps({"pid": os.getpid(), "started": 1.0}))
    found = owner(tmp_path)
    assert found is not None
    assert not found.alive()
    taken(take(tmp_path)).release()


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"pid": "x", "started": 1}', "null"])
def test_an_unreadable_owner_is_no_owner(tmp_path: Path, content: str) -> None:
    (tmp_path / "owner.json").write_text(content)
    assert owner(tmp_path) is None
    taken(take(tmp_path)).release()


def test_those_who_only_look_never_keep_a_worker_out(tmp_path: Path) -> None:
    taken(take(tmp_path)).release()
    done = threading.Event()
    lookers = [threading.Thread(target=_look, args=(tmp_path, done)) for _ in range(3)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(30):
            taken(take(tmp_path)).release()
    finally:
        done.set()
        for looker in lookers:
            looker.join()


def _look(folder: Path, done: threading.Event) -> None:
    while not done.is_set():
        is_held(folder)
        time.sleep(0.001)


def test_waiting_for_a_run(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert not wait_until_free(tmp_path, 0.1)
    threading.Timer(0.1, holder.kill).start()
    assert wait_until_free(tmp_path, 5)

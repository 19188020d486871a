"""A worker started for a window: detached, with a log of its own, deaf to planted files."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from trainers.launch import start_worker, worker_command
from trainers.runs import RunFolder, create

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    made = create("netwright: 1\ndata: {source: nowhere.csv}\n", path=tmp_path / "run")
    assert isinstance(made, RunFolder)
    return made


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_worker_says_in_its_log_why_it_cannot_train(run: RunFolder) -> None:
    run.request("stop")
    process = start_worker(run)
    assert process.wait(60) == 2
    assert "nowhere.csv" in run.log_path.read_text()
    assert "Traceback" not in run.log_path.read_text()
    assert run.wish() is None


@pytest.mark.skipif(not hasattr(os, "getsid"), reason="sessions are POSIX's")
def test_a_worker_has_a_session_of_its_own(run: RunFolder) -> None:
    process = start_worker(run)
    try:
        until(lambda: process.poll() is not None or os.getsid(process.pid) == process.pid)
        assert process.poll() is not None or os.getsid(process.pid) != os.getsid(0)
    finally:
        process.kill()
        process.wait()


def test_files_beside_the_project_are_not_imported(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = tmp_path / "canary"
    for name in ("torch", "yaml", "psutil", "sitecustomize", "conftest"):
        for folder in (tmp_path, run.path):
            (folder / f"{name}.py").write_text(f"open({str(canary)!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    start_worker(run).wait(60)
    assert not canary.exists()


def test_a_bundle_starts_itself(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command(run) == [sys.executable, "--worker", str(run.path)]

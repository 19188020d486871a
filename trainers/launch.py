"""Starts a worker in a session of its own, so that it outlives the window that asked for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from trainers.runs import RunFolder


def worker_command(run: RunFolder) -> list[str]:
    """Return the command line of a worker: this program itself, told what to work on.

    With `-P` no file of the current folder, be it named `torch.py`, is ever imported.
    """
    frozen = getattr(sys, "frozen", False)
    program = [sys.executable] if frozen else [sys.executable, "-P", "-m", "app.main"]
    return [*program, "--worker", str(run.path.absolute())]


def start_worker(run: RunFolder) -> subprocess.Popen[bytes]:
    """Start a worker on the run, detached; what it says goes to the run's `worker.log`.

    Wishes left by an earlier session are taken back first. Keep the returned process, or `poll` it,
    so that its end is noticed; dropping it does not end the worker.

    Raises:
        OSError: the run folder cannot be written or the process not be started.
    """
    run.clear()
    with run.log_path.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - the program itself, and a path that is one argument
            worker_command(run),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            start_new_session=os.name != "nt",
            creationflags=_detached_on_windows(),
        )


def _environment() -> dict[str, str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}
    if not getattr(sys, "frozen", False):
        root = str(Path(__file__).resolve().parent.parent)
        known = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(known)
    return environment


def _detached_on_windows() -> int:
    names = ("CREATE_NEW_PROCESS_GROUP", "DETACHED_PROCESS", "CREATE_BREAKAWAY_FROM_JOB")
    return sum(int(getattr(subprocess, name, 0)) for name in names)

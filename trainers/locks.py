"""Who works on a run: one process at a time, by a lock the system itself gives back.

The lock is the operating system's, so a killed worker releases it at once and a sleeping one keeps
it; no clock and no process number decides. `owner.json` only tells people who holds it.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import filelock
import psutil

from nnspec.problems import Problem
from trainers.durable import atomic_write
from trainers.exits import refusal, trouble

_PATIENCE: Final = 1.0
"""Seconds to wait for the lock: longer than anyone who only looks whether it is held."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that holds a run. `started` is its start on the system's clock, in seconds."""

    pid: int
    started: float

    def alive(self) -> bool:
        """Whether that very process still lives; a later one with the same number is another."""
        try:
            return abs(psutil.Process(self.pid).create_time() - self.started) < 1.0
        except psutil.Error:
            return False


class RunLock:
    """The right to change a run; held until `release` or the end of the process."""

    def __init__(self, folder: Path, lock: filelock.FileLock) -> None:
        self._folder = folder
        self._lock = lock

    def release(self) -> None:
        """Give the run back."""
        (self._folder / "owner.json").unlink(missing_ok=True)
        self._lock.release()


def take(folder: Path) -> RunLock | Problem:
    """Take the lock of the run in `folder`, or say who has it or what stands in the way."""
    lock = filelock.FileLock(folder / "lock", timeout=_PATIENCE, is_singleton=False)
    try:
        lock.acquire(poll_interval=0.02)
    except filelock.Timeout:
        return _locked(folder)
    except OSError as error:
        return refusal(error, folder)
    me = psutil.Process(os.getpid())
    try:
        owner = Owner(me.pid, me.create_time())
        atomic_write(folder / "owner.json", json.dumps(asdict(owner)) + "\n")
    except OSError as error:
        lock.release()
        return refusal(error, folder)
    return RunLock(folder, lock)


def is_held(folder: Path) -> bool:
    """Whether a process works on the run right now."""
    path = folder / "lock"
    if not path.exists():
        return False
    lock = filelock.FileLock(path, blocking=False, is_singleton=False)
    try:
        lock.acquire()
    except filelock.Timeout:
        return True
    except OSError:  # a folder that may only be read: ask for the process instead
        found = owner(folder)
        return found is not None and found.alive()
    lock.release()
    return False


def wait_until_free(folder: Path, seconds: float) -> bool:
    """Wait until nobody works on the run; False when it took longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while is_held(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def owner(folder: Path) -> Owner | None:
    """Who took the run last and has not given it back, as far as its record can be read."""
    try:
        data = json.loads((folder / "owner.json").read_text(encoding="utf-8"))
        return Owner(int(data["pid"]), float(data["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _locked(folder: Path) -> Problem:
    found = owner(folder)
    by = f" by process {found.pid}" if found else ""
    return trouble(
        "run.locked",
        f"the run is being trained{by}: {folder}",
        hint=f"wait for it, or ask it to stop: netwright stop {folder}",
        file=folder,
    )

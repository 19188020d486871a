"""The trainer thread: owns one run on behalf of the window, without ever computing anything.

It makes or finds the run folder, starts the worker process where one is wanted, follows the
journal and tells of everything in batches. The worker lives in a session of its own: when the
window goes, the thread goes, and the training goes on. Whether the worker still lives is asked of
the run's lock, not guessed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from subprocess import Popen

from PySide6.QtCore import QObject, QThread, Signal

from nnspec.problems import Problem
from trainers.history import History, reduce
from trainers.journal import Tail
from trainers.launch import start_worker
from trainers.runs import RunFolder

LOOK_SECONDS = 0.06
LIFE_SECONDS = 0.5

Find = Callable[[], RunFolder | Problem | None]


class TrainerThread(QThread):
    """Follows one run until its worker leaves, or until `leave` is called.

    Signals:
        opened: the RunFolder.
        caught_up: the History as it stood; the receiver owns it from then on.
        arrived: a list of events that came since.
        left: nobody works on the run any more, and everything it wrote has been told.
        refused: there is no run; a sentence says why (empty when there simply is none).
    """

    opened = Signal(object)
    caught_up = Signal(object)
    arrived = Signal(object)
    left = Signal()
    refused = Signal(str)

    def __init__(self, find: Find, *, launch: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._find = find
        self._launch = launch
        self._leaving = threading.Event()
        self._worker: Popen[bytes] | None = None

    def leave(self) -> None:
        """Stop following and wait for the thread; the worker is not touched."""
        self._leaving.set()
        self.wait()

    def run(self) -> None:
        """Do the work; called by `start`."""
        try:
            found = self._find()
            if isinstance(found, RunFolder):
                self.opened.emit(found)
                self._follow(found)
            else:
                self.refused.emit(found.message if found else "")
        except OSError as error:
            self.refused.emit(f"The run cannot be used: {error.strerror or error}")
        finally:
            self._let_go()

    def _follow(self, run: RunFolder) -> None:
        tail = Tail(run.events_path)
        history = History()
        while events := tail.read():
            reduce(history, events)
        self.caught_up.emit(history)
        if self._launch:
            self._worker = start_worker(run)
        life = _Life(run, self._worker)
        while not self._leaving.is_set():
            alive = life.goes_on()
            if events := tail.read():
                self.arrived.emit(events)
            elif not alive:
                self.left.emit()
                return
            self._leaving.wait(LOOK_SECONDS)

    def _let_go(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None and worker.poll() is None:
            # It is meant to outlive this object, about which Popen would complain.
            worker.returncode = 0


class _Life:
    """Whether anybody works on a run, asked a few times a second at most."""

    def __init__(self, run: RunFolder, worker: Popen[bytes] | None) -> None:
        self._run = run
        self._worker = worker
        self._alive = True
        self._asked = float("-inf")

    def goes_on(self) -> bool:
        now = time.monotonic()
        if now - self._asked >= LIFE_SECONDS:
            self._asked = now
            own = self._worker is not None and self._worker.poll() is None
            self._alive = own or self._run.is_held()
        return self._alive

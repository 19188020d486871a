"""The run shown in the window: its history, its state in words, and what can be wished of it."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from app.runs.trainer_thread import Find, TrainerThread
from nnspec.problems import Problem
from trainers.events import Event, Rewound, RunEnded, RunStarted
from trainers.history import ENDED, History, State, reduce, settle
from trainers.runs import RunFolder, create, default_parent

RunState = State | Literal["idle", "pausing", "stopping"]

ACTIVE: frozenset[RunState] = frozenset({"starting", "running", "paused", "pausing", "stopping"})
RESUMABLE: frozenset[RunState] = frozenset(
    {"paused", "interrupted", "crashed", "stopped", "failed"}
)
LOG_TAIL = 4096


class RunModel(QObject):
    """One run at a time, or none. Views read `history` and `state` and listen.

    Signals:
        changed: the history is another one now.
        state_changed: carries the new state.
        run_changed: another run is shown, or none.
        refused: the user's wish could not be done; a sentence says why.
    """

    changed = Signal()
    state_changed = Signal(str)
    run_changed = Signal()
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = History()
        self.run: RunFolder | None = None
        self.started_at = 0.0
        self.last_words = ""
        self._thread: TrainerThread | None = None
        self._launching = False
        self._wish: Literal["pause", "stop"] | None = None
        self._told: RunState = "idle"

    # ---- what is ------------------------------------------------------------------------------

    @property
    def state(self) -> RunState:
        """What the run is doing, wishes that are on their way included."""
        if self._launching:
            return "starting"
        if self.run is None:
            return "idle"
        state = self.history.state
        if self._wish and state in {"running", "paused", "starting"}:
            if self._wish == "stop":
                return "stopping"
            return "paused" if state == "paused" else "pausing"
        return state

    @property
    def active(self) -> bool:
        """Whether a worker is at it."""
        return self.state in ACTIVE

    @property
    def launch_seconds(self) -> float:
        """Seconds since the worker was asked to start."""
        return time.monotonic() - self.started_at

    # ---- what can be wished -------------------------------------------------------------------

    def start(self, text: str, spec_path: Path, name: str | None = None) -> None:
        """Train `text` in a new run beside `spec_path`."""
        self._show(partial(create, text, spec_path=spec_path, name=name), launch=True)

    def show_newest(self, spec_path: Path) -> None:
        """Show the newest run of a spec with its whole history, and follow it when it goes on."""
        self._show(partial(newest_run, spec_path), launch=False)

    def show(self, run: RunFolder) -> None:
        """Show a run, and follow it when somebody works on it."""
        self._show(partial(_itself, run), launch=False)

    def pause(self) -> None:
        """Ask the worker to wait at the next step, its state saved."""
        self._request("pause")

    def stop(self) -> None:
        """Ask the worker to end at the next step and keep what is best."""
        self._request("stop")

    def resume(self) -> None:
        """Let a paused run go on, or take an ended one up at its newest checkpoint."""
        if self.run is None or self.state not in RESUMABLE | {"pausing"}:
            return
        if self.state in {"paused", "pausing"}:
            self._wish = None
            self.run.clear("pause")
            self._tell()
            return
        run = self.run
        self._show(partial(_itself, run), launch=True)

    def leave(self) -> None:
        """Stop following; a run that goes on goes on."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.leave()
            thread.deleteLater()

    def clear(self) -> None:
        """Show no run."""
        self.leave()
        self.run, self.history = None, History()
        self._launching, self._wish = False, None
        self.run_changed.emit()
        self._tell()

    def _request(self, wish: Literal["pause", "stop"]) -> None:
        if self.run is None or not self.active:
            return
        try:
            self.run.request(wish)
        except OSError as error:
            self.refused.emit(f"The run cannot be reached: {error.strerror}")
            return
        self._wish = wish
        self._tell()

    # ---- what the thread tells ----------------------------------------------------------------

    def _show(self, find: Find, *, launch: bool) -> None:
        self.leave()
        self._launching, self._wish = launch, None
        self.started_at = time.monotonic()
        self.last_words = ""
        if not launch or self.run is None or self.history.state not in ENDED:
            self.run, self.history = None, History()
        thread = TrainerThread(find, launch=launch)
        thread.opened.connect(self._open)
        thread.caught_up.connect(self._catch_up)
        thread.arrived.connect(self._take)
        thread.left.connect(self._settle)
        thread.refused.connect(self._refuse)
        self._thread = thread
        thread.start()
        self._tell()

    def _open(self, run: RunFolder) -> None:
        if self.sender() is self._thread:
            self.run = run
            self.run_changed.emit()

    def _catch_up(self, history: History) -> None:
        if self.sender() is not self._thread or self.run is None:
            return
        self.history = history
        if not self._launching and self.run.is_held():
            self._launching = history.state in ENDED | {"starting"}
            self._wish = self.run.wish()
        self._tell()

    def _take(self, events: list[Event | Rewound]) -> None:
        if self.sender() is not self._thread:
            return
        reduce(self.history, events)
        if any(isinstance(event, RunStarted | RunEnded) for event in events):
            self._launching = False
        if self.history.state in ENDED:
            self._wish = None
        self._tell()

    def _settle(self) -> None:
        if self.sender() is not self._thread or self.run is None:
            return
        self.leave()
        settle(self.history, held=False)
        if self._launching or self.history.state == "starting":
            self.history.state = "crashed"
        if self.history.state == "crashed":
            self.last_words = last_words(self.run)
        self._launching, self._wish = False, None
        self._tell()

    def _refuse(self, sentence: str) -> None:
        if self.sender() is not self._thread:
            return
        self.leave()
        self._launching = False
        if sentence:
            self.refused.emit(sentence)
        self.run_changed.emit()
        self._tell()

    def _tell(self) -> None:
        state = self.state
        self.changed.emit()
        if state != self._told:
            self._told = state
            self.state_changed.emit(state)


def newest_run(spec_path: Path) -> RunFolder | Problem | None:
    """The run of a spec that was begun last, or None."""
    try:
        found = [p for p in default_parent(spec_path).iterdir() if (p / "run.json").is_file()]
    except OSError:
        return None
    return RunFolder(max(found, key=lambda path: path.name)) if found else None


def last_words(run: RunFolder) -> str:
    """The last line a worker left in its log, for when it could not say more."""
    try:
        with run.log_path.open("rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - LOG_TAIL))
            lines = log.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _itself(run: RunFolder) -> RunFolder:
    return run

"""The window's process killed while it trains, and the worker's: what was done stays, and is shown.

The program is started as people start it, on a screen of its own (Xvfb), and Train is pressed from
outside by its key. Then whatever is killed is killed without a warning.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from app.runs.run_model import newest_run
from nnspec.catalog import Catalog
from nnspec.resources import resource
from tests.stories.windows import (
    PATIENCE,
    assert_whole,
    click,
    journal,
    opened,
    points,
    the_run,
    told,
    train_room,
    until,
)
from trainers.runs import RunFolder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.gui,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")),
        reason="needs Xvfb and xdotool to press keys in another process's window",
    ),
    pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "This plugin does not support"),
]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen that nobody else draws on."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told_number:
        number = told_number.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.fixture
def spec(tmp_path: Path) -> Iterator[Path]:
    """The digits, to be trained for longer than any story lasts; nothing trains on afterwards."""
    folder = tmp_path / "digits"
    shutil.copytree(resource("samples", "digits"), folder)
    spec = folder / "digits.yaml"
    spec.write_text(
        spec.read_text().replace("epochs: 40", "epochs: 4000\n  checkpoint_seconds: 0.1")
    )
    yield spec
    run = newest_run(spec)
    if isinstance(run, RunFolder) and run.is_held():
        run.request("stop")
        wait(lambda: not run.is_held(), "the worker has left")


def wait(true: Callable[[], object], what: str) -> None:
    """Wait for another process, with no window of our own to look after."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited {PATIENCE:.0f} s in vain until {what}"
        time.sleep(0.02)


class Program:
    """The program in a process of its own, on a screen of its own."""

    def __init__(self, spec: Path, display: str) -> None:
        self._display = display
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.main", str(spec)],
            cwd=spec.parent,
            env=self._environment,
            stderr=subprocess.PIPE,
        )
        self._window = self._find("digits.yaml")

    def press(self, key: str) -> None:
        """Press a key in the window."""
        self._xdotool("windowfocus", "--sync", self._window)
        self._xdotool("key", key)

    def kill(self) -> None:
        """As the system does when memory runs out."""
        self.process.kill()
        assert self.process.wait() == -signal.SIGKILL, self.words()

    def words(self) -> str:
        """What it wrote to standard error."""
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()

    def _find(self, title: str) -> str:
        found: list[str] = []

        def seen() -> list[str]:
            assert self.process.poll() is None, self.words()
            found[:] = self._xdotool("search", "--onlyvisible", "--name", title).split()
            return found

        wait(seen, "the window is there")
        return found[0]

    def _xdotool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        return done.stdout


@pytest.fixture
def run_program(display: str) -> Iterator[Callable[[Path], Program]]:
    """Start the program; whatever is still there in the end is ended."""
    with ExitStack() as stack:

        def start(spec: Path) -> Program:
            program = Program(spec, display)
            stack.callback(end, program.process)
            return program

        yield start


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stderr:
        process.stderr.close()


def press_until(program: Program, key: str, true: Callable[[], object], what: str) -> None:
    """Press a key, and again where the window was not ready for it yet, until it has an effect."""

    def pressed() -> bool:
        if not true():
            program.press(key)
            time.sleep(0.3)
        return bool(true())

    wait(pressed, what)


def trained_by_key(program: Program, spec: Path) -> RunFolder:
    """Press F5 and wait until the worker tells of its first steps."""
    press_until(program, "F5", lambda: newest_run(spec), "a run is begun")
    run = newest_run(spec)
    assert isinstance(run, RunFolder)
    wait(lambda: len(journal(run).curve) > 0, "the worker trains")
    return run


def worker(run: RunFolder) -> psutil.Process:
    """The process that trains."""
    started = journal(run).started
    assert started is not None
    return psutil.Process(started.pid)


def test_a_killed_window_takes_nothing_with_it(
    spec: Path, run_program: Callable[[Path], Program], qtbot: QtBot, catalog: Catalog
) -> None:
    program = run_program(spec)
    run = trained_by_key(program, spec)
    at_work = worker(run)
    program.kill()
    at_death = journal(run).step
    wait(lambda: journal(run).step > at_death + 20, "the worker goes on by itself")
    assert at_work.is_running()
    assert run.is_held()

    again = run_program(spec)  # the program itself comes up on the spec and leaves the run alone
    time.sleep(1.0)
    assert again.process.poll() is None, again.words()
    assert newest_run(spec) == run, "no second run was begun"

    with opened(catalog) as window:
        assert window.opening.open_spec(spec)
        until(lambda: window.run_model.state == "running", "the run is found")
        assert the_run(window).path == run.path
        assert window.run_model.history.step > at_death
        seen = points(window)
        until(lambda: points(window) > seen + 3, "it follows live")
        assert_whole(window)
        assert worker(run).pid == at_work.pid, "it is the same worker all the time"
        again.press("shift+F5")  # possible only if the program has found the run as well
        until(lambda: window.run_model.state == "stopped", "it stops when asked")
        assert_whole(window)
        assert told(window) == []


def test_a_frozen_window_holds_nobody_up(
    spec: Path, run_program: Callable[[Path], Program]
) -> None:
    program = run_program(spec)
    run = trained_by_key(program, spec)
    program.process.send_signal(signal.SIGSTOP)
    frozen_at = journal(run).step
    wait(lambda: journal(run).step > frozen_at + 60, "the worker goes on")
    program.process.send_signal(signal.SIGCONT)
    for key, state in (("F6", "paused"), ("shift+F6", "running"), ("shift+F5", "stopped")):
        press_until(program, key, lambda state=state: journal(run).state == state, state)
    assert program.process.poll() is None


def test_a_killed_worker_is_told_and_resumed(
    spec: Path, qtbot: QtBot, catalog: Catalog, run_program: Callable[[Path], Program]
) -> None:
    short = spec.read_text().replace("epochs: 4000", "epochs: 4")
    spec.write_text(short)
    program = run_program(spec)
    run = trained_by_key(program, spec)
    wait(lambda: journal(run).checkpoint, "a checkpoint is saved")
    at_work = worker(run)
    at_work.suspend()  # a fast machine would be done before the window looks
    program.kill()
    with opened(catalog) as window:
        assert window.opening.open_spec(spec)
        window.go("train")
        model, banner = window.run_model, train_room(window).banner
        until(lambda: model.state == "running", "the run is found")
        assert_whole(window)
        at_work.kill()
        until(lambda: model.state == "crashed", "the window says so")
        until(banner.isVisible, "the banner says so")
        assert "ended unexpectedly" in banner.accessibleName()
        assert window.run_bar.chip.text() == "Crashed"
        assert not run.is_held()

        click(banner._resume)
        until(lambda: model.state == "finished", "the resumed run is finished")
        assert model.history.started is not None
        assert model.history.started.pid != at_work.pid
        assert model.history.started.step > 0, "it went on where it was saved"
        assert len(model.history.epochs) == 4
        until(lambda: not banner.isVisible(), "the banner is gone")
        assert_whole(window)

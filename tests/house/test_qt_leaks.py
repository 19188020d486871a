"""The guard against Qt objects left behind, and that it bites."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TESTS = """
import threading

import pytest
from hypothesis import given, strategies
from PySide6.QtCore import QObject, QProcess, QThread, QTimer
from PySide6.QtWidgets import QMainWindow, QWidget

KEPT = []


class Follower(QThread):
    def run(self):
        while not self.isInterruptionRequested():
            self.msleep(5)


def test_timer(qapp):
    timer = QTimer(qapp, objectName="ticker")
    timer.start(1000)


def test_loose_timer(qapp):
    KEPT.append(QTimer())
    KEPT[-1].start(1000)


def test_thread(qapp):
    KEPT.append(Follower())
    KEPT[-1].start()


def test_process(qapp):
    KEPT.append(QProcess())
    KEPT[-1].start("sleep", ["20"])
    assert KEPT[-1].waitForStarted()


def test_window(qapp):
    KEPT.append(QMainWindow())


def test_python_thread(qapp):
    wait = threading.Event()
    threading.Thread(target=wait.wait, args=(30,), name="poller", daemon=True).start()


@pytest.mark.gui
def test_clean(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    timer = QTimer(window)
    timer.start(1000)
    follower = Follower()
    follower.start()
    follower.requestInterruption()
    assert follower.wait(2000)
    QWidget(window).show()


@given(number=strategies.integers())
def test_property(number):
    assert number == number
"""

SAID = {
    "test_timer": "PySide6.QtCore.QTimer 'ticker' (child of QApplication)",
    "test_loose_timer": "PySide6.QtCore.QTimer (without a parent)",
    "test_thread": "Follower (without a parent)",
    "test_process": "PySide6.QtCore.QProcess (without a parent)",
    "test_window": "PySide6.QtWidgets.QMainWindow (without a parent)",
    "test_python_thread": "a Python thread named 'poller'",
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("leaks")
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (folder / "test_leaks.py").write_text(TESTS)
    options = ["-rA", "-p", "no:randomly", "-p", "no:cacheprovider", "-c", ROOT / "pyproject.toml"]
    command = [sys.executable, "-m", "pytest", folder, "--rootdir", folder, *options]
    wide = {**os.environ, "COLUMNS": "400"}
    done = subprocess.run(
        command, env=wide, capture_output=True, text=True, timeout=100, cwd=folder, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(("test", "words"), SAID.items())
def test_what_is_left_behind_is_named(outcome: str, test: str, words: str) -> None:
    said = [
        line for line in outcome.splitlines() if line.startswith(f"ERROR test_leaks.py::{test} ")
    ]
    assert said, outcome
    assert words in said[0]


@pytest.mark.parametrize("test", ["test_clean", "test_property"])
def test_a_clean_test_passes(outcome: str, test: str) -> None:
    assert f"PASSED test_leaks.py::{test}" in outcome, outcome
    assert not [line for line in outcome.splitlines() if line.startswith("ERROR") and test in line]

"""This program started a second time, without a window: for what must not hold the window up."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

_ROOT = Path(__file__).resolve().parents[1]


def once_more(arguments: list[str], parent: QObject) -> QProcess:
    """Return a process that is this very program with other arguments, not started yet.

    With `-P` no file of the current folder, be it named `json.py`, is ever imported.
    """
    frozen = getattr(sys, "frozen", False)
    process = QProcess(parent)
    process.setProgram(sys.executable)
    process.setArguments(arguments if frozen else ["-P", "-m", "app.main", *arguments])
    process.setProcessEnvironment(_surroundings())
    return process


def _surroundings() -> QProcessEnvironment:
    """The environment in which `python -m app.main` finds the packages of this very program."""
    made = QProcessEnvironment.systemEnvironment()
    paths = [str(_ROOT), *filter(None, [made.value("PYTHONPATH")])]
    made.insert("PYTHONPATH", os.pathsep.join(paths))
    made.insert("PYTHONIOENCODING", "utf-8")
    return made

"""Qt's bindings neither lose nor hoard references to None and True.

PySide6 6.12.0 on Python 3.11 gives away a reference to None with some calls, and the process dies
when the count reaches zero, hours later. The version is excluded in pyproject.toml; this counts.
"""

import importlib.metadata
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
CALLS = 100_000

PROBE = f"""
import ctypes, sys
from PySide6.QtCore import QObject, QTimer, Signal

class Bell(QObject):
    rung = Signal(object)
    switched = Signal(bool)

def hear(value):
    return None

bell, timer = Bell(), QTimer()
bell.rung.connect(hear)
bell.switched.connect(hear)

def ring(times):
    for _ in range(times):
        bell.rung.emit(None)
        bell.switched.emit(True)
        bell.blockSignals(False)
        timer.setSingleShot(True)
        timer.isSingleShot()
        bell.parent()
        bell.setProperty("open", True)
        bell.property("open")
        bell.property("nothing")

ring(1000)
before = sys.getrefcount(None), sys.getrefcount(True)
ring({CALLS})
if "plant" in sys.argv:
    for _ in range(1000):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(None))
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(True))
print(sys.getrefcount(None) - before[0], sys.getrefcount(True) - before[1])
"""


def drift(*arguments: str) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [int(word) for word in done.stdout.split()]


def test_references_stay_steady() -> None:
    assert all(abs(change) < 50 for change in drift()), drift()


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal from 3.12 on")
def test_planted_references_are_counted() -> None:
    assert all(change > 900 for change in drift("plant"))


def qt_requirements() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = (Requirement(line) for line in project["dependencies"])
    return [found for found in named if found.name == "PySide6-Essentials"]


@pytest.mark.parametrize(("python", "allowed"), [("3.11", False), ("3.12", True)])
def test_the_broken_version_is_excluded_where_it_breaks(python: str, allowed: bool) -> None:
    here = [
        r for r in qt_requirements() if r.marker and r.marker.evaluate({"python_version": python})
    ]
    assert len(here) == 1
    assert here[0].specifier.contains("6.12.0") is allowed
    assert here[0].specifier.contains("6.11.3")
    assert not here[0].specifier.contains("6.7.3")


def test_the_installed_version_is_an_allowed_one() -> None:
    installed = importlib.metadata.version("PySide6-Essentials")
    here = next(r for r in qt_requirements() if r.marker is None or r.marker.evaluate())
    assert here.specifier.contains(installed)

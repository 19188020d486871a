"""A window in use, for the stories: what a hand does to it and what an eye sees of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app import style
from app.project import Project
from app.settings import Settings
from app.start.page import StartPage
from app.train.room import TrainRoom
from app.window import Window
from nnspec.catalog import Catalog
from nnspec.edits import set_value
from nnspec.problems import Edit
from trainers.history import History, reduce
from trainers.journal import read_events
from trainers.runs import RunFolder

PATIENCE = 60.0
"""Seconds after which a story gives up; none of them needs more than a few on a free machine."""


@contextmanager
def opened(catalog: Catalog) -> Iterator[Window]:
    """A window as the program shows it, closed at the end however the story went."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    window = Window(Project(catalog), style.apply(application, "light"), Settings())
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    try:
        yield window
    finally:
        window.close()
        window.deleteLater()


def until(true: Callable[[], object], what: str) -> None:
    """Let the window live until something is true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited {PATIENCE:.0f} s in vain until {what}"
        QTest.qWait(10)


def click(button: QPushButton) -> None:
    """Press a button that can be seen and pressed."""
    assert button.isVisible(), f"'{button.text()}' is not there"
    assert button.isEnabled(), f"'{button.text()}' cannot be pressed"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def drop(window: Window, path: Path) -> None:
    """Drag a file over the window and let it go."""
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys, place = Qt.KeyboardModifier.NoModifier, QPoint(400, 300)
    for event in (
        QDragEnterEvent(place, copy, carried, left, keys),
        QDropEvent(QPointF(place), copy, carried, left, keys),
    ):
        QApplication.sendEvent(window, event)
        assert event.isAccepted()


def told(window: Window) -> list[str]:
    """The sentences of the notice bar, newest first."""
    return [notice.text for notice in window.notices.shown()]


def try_sample(window: Window) -> None:
    """Press the button of the start page."""
    page = window.findChild(StartPage)
    assert page is not None
    click(page.sample_button)
    assert window.project.path is not None


def set_epochs(window: Window, epochs: int) -> None:
    """Change how long will be trained, as the form would: one splice of the text."""
    project = window.project
    edit = set_value(project.text, project.analysis.tree, ("train", "epochs"), epochs)
    assert isinstance(edit, Edit)
    assert project.apply((edit,), f"Train {epochs} epochs", "test")


def train_room(window: Window) -> TrainRoom:
    """The room that shows the run."""
    room = window.room("train")
    assert isinstance(room, TrainRoom)
    return room


def the_run(window: Window) -> RunFolder:
    """The run that the window shows."""
    assert window.run_model.run is not None
    return window.run_model.run


def points(window: Window) -> int:
    """How many points the window's curve has."""
    return len(window.run_model.history.curve)


def begins(window: Window) -> None:
    """Wait for the first points of the curve."""
    until(lambda: points(window) > 2, "the curve has points")


def stop_behind_the_window(run: RunFolder) -> None:
    """End what a story left running."""
    if run.is_held():
        run.request("stop")
    until(lambda: not run.is_held(), "the worker has left")


def journal(run: RunFolder) -> History:
    """What the run itself says happened, read anew."""
    return reduce(History(), read_events(run.events_path))


def assert_whole(window: Window) -> None:
    """The window knows every point of the run, from its first step on, each once."""
    shown = window.run_model.history
    written = journal(the_run(window))
    steps = list(written.curve.steps)
    assert list(shown.curve.steps) == steps[: len(shown.curve)]
    assert list(shown.curve.losses) == list(written.curve.losses)[: len(shown.curve)]
    assert len(shown.curve) >= len(steps) - 20, "the window is far behind the journal"
    assert steps == sorted(set(steps))
    assert shown.started is not None
    assert steps[0] <= shown.started.steps_per_epoch, "the beginning of the curve is missing"
    epochs = [epoch.epoch for epoch in shown.epochs]
    assert epochs == list(range(1, len(epochs) + 1))

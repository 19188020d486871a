"""A user's day in the window: real clicks, real files, real worker processes, real training."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.network.room import NetworkRoom
from app.settings import projects
from app.start.page import StartPage
from app.window import Window
from nnspec.catalog import Catalog
from tests.stories.windows import (
    assert_whole,
    begins,
    click,
    drop,
    opened,
    points,
    set_epochs,
    stop_behind_the_window,
    the_run,
    told,
    train_room,
    try_sample,
    until,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.gui,
    pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "This plugin does not support"),
]
LONG_ENOUGH = 4000
"""Epochs that no story sees the end of."""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture
def window(qtbot: QtBot, catalog: Catalog) -> Iterator[Window]:
    with opened(catalog) as made:
        yield made


@pytest.fixture
def training(window: Window) -> Iterator[Window]:
    """The sample in training, without an end in sight."""
    try_sample(window)
    set_epochs(window, LONG_ENOUGH)
    click(window.run_bar.train)
    begins(window)
    run = the_run(window)
    yield window
    stop_behind_the_window(run)


def colors(image: QImage) -> int:
    """How many colours a picture has: a matrix that is painted has many, an empty widget one."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return len(np.unique(pixels))


# ---- first minutes


def test_sample_to_trained_in_two_clicks(window: Window) -> None:
    try_sample(window)
    spec = window.project.path
    assert spec is not None
    assert spec.is_relative_to(projects())
    set_epochs(window, 3)  # the text, not the clicks, decides how long it takes
    click(window.run_bar.train)
    until(lambda: window.run_model.state == "finished", "the run is finished")

    history, room = window.run_model.history, train_room(window)
    assert history.ended is not None
    assert history.ended.status == "finished"
    assert len(history.epochs) == 3
    until(room.confusion.isVisible, "the confusion matrix is shown")
    assert history.best_confusion is not None
    counts = np.asarray(history.best_confusion.counts)
    assert history.started is not None
    assert counts.shape == (10, 10)
    assert counts.sum() == history.started.rows["validation"]
    assert np.trace(counts) > 0.5 * counts.sum(), "three epochs tell most digits apart"
    assert colors(room.confusion.grab().toImage()) > 10
    assert "of the validation rows are right" in room.confusion.accessibleDescription()
    assert window.run_bar.chip.text() == "Finished"
    assert window.run_bar.train.isVisible()
    assert the_run(window).path.is_relative_to(spec.parent)
    assert_whole(window)


def moons(path: Path, rows: int = 500) -> Path:
    """A table of two classes that a small network tells apart."""
    choose = random.Random(3)
    with path.open("w") as file:
        file.write("length,width,color,kind\n")
        for _ in range(rows):
            a, b = choose.gauss(0, 1), choose.gauss(0, 1)
            kind = "wide" if a * b > 0 else "narrow"
            file.write(f"{a:.3f},{b:.3f},{choose.choice(('red', 'blue'))},{kind}\n")
    return path


def test_own_data_to_trained_in_one_drop_and_one_click(window: Window, tmp_path: Path) -> None:
    table = moons(tmp_path / "leaves.csv")
    drop(window, table)
    until(lambda: window.project.path or told(window), "a spec is written")
    assert window.project.path == tmp_path / "leaves.yaml", told(window)
    data = window.project.analysis.spec.data
    assert data is not None
    assert data.target is not None
    assert data.target.name == "kind"
    click(window.run_bar.train)
    until(lambda: window.run_model.state == "finished", "the run is finished")
    history = window.run_model.history
    assert history.best_confusion is not None
    assert history.best_confusion.labels == ("narrow", "wide")
    counts = np.asarray(history.best_confusion.counts)
    assert np.trace(counts) > 0.75 * counts.sum(), "better than guessing"
    assert train_room(window).confusion.isVisible()
    assert_whole(window)


# ---- pause, resume, stop


def test_pause_resume_and_stop_by_their_buttons(training: Window) -> None:
    bar, model = training.run_bar, training.run_model
    click(bar.pause)
    assert model.state in {"pausing", "paused"}
    until(lambda: model.state == "paused" and bar.resume.isVisible(), "it is paused")
    assert bar.chip.text() == "Paused"
    QTest.qWait(300)
    before = points(training)
    QTest.qWait(700)
    assert points(training) == before, "a paused run does nothing"

    click(bar.resume)
    until(lambda: points(training) > before + 2, "it goes on")
    assert model.state == "running"

    click(bar.stop)
    assert model.state == "stopping"
    assert not bar.stop.isEnabled()
    until(lambda: model.state == "stopped", "it has stopped")
    assert not the_run(training).is_held()
    assert model.history.checkpoint is not None
    assert bar.train.isVisible()
    assert_whole(training)


def test_a_stopped_run_is_taken_up_again_by_the_room_s_button(training: Window) -> None:
    model = training.run_model
    until(lambda: model.history.epochs, "an epoch is judged")
    click(training.run_bar.stop)
    until(lambda: model.state == "stopped", "it has stopped")
    ended_at, banner = model.history.step, train_room(training).banner
    until(banner.isVisible, "the banner says so")
    click(banner._resume)
    until(lambda: model.state == "running" and model.history.step > ended_at, "it goes on")
    assert model.history.started is not None
    assert model.history.started.step == ended_at
    assert_whole(training)


# ---- working on the text meanwhile


def delete_layer(room: NetworkRoom, key: str) -> None:
    """Click a node of the canvas and press Delete."""
    view = room.canvas.view
    node = view.canvas.nodes[key]
    view.centerOn(node)
    view.setFocus()
    place = view.mapFromScene(node.box().center())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.keyClick(view, Qt.Key.Key_Delete)


def type_after(room: NetworkRoom, words: str, more: str) -> None:
    """Put the cursor behind `words` and type."""
    editor = room.editor
    editor.setFocus()
    cursor = editor.document().find(words)
    cursor.setPosition(cursor.selectionEnd())
    editor.setTextCursor(cursor)
    QTest.keyClicks(editor, more)


def test_undo_goes_through_canvas_and_typing_while_it_trains(training: Window) -> None:
    room = training.go("network")
    assert isinstance(room, NetworkRoom)
    text, steps = training.project.text, training.project.undo_stack.index()

    delete_layer(room, "dropout")
    until(lambda: "dropout" not in training.project.text, "the layer is gone")
    without = training.project.text

    type_after(room, "batch_size: 32", "0")
    until(lambda: "batch_size: 320" in training.project.text, "the typing arrived")

    before = points(training)
    until(training.isActiveWindow, "the window is active")
    view, editor, ctrl = room.canvas.view, room.editor, Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(editor, Qt.Key.Key_Z, ctrl)
    assert training.project.text == without
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Z, ctrl)
    assert training.project.text == text
    assert training.project.undo_stack.index() == steps
    QTest.keyClick(view, Qt.Key.Key_Z, ctrl | Qt.KeyboardModifier.ShiftModifier)
    assert training.project.text == without

    until(lambda: points(training) > before, "the run goes on meanwhile")
    assert training.run_model.state == "running"
    assert the_run(training).spec_path.read_text() == text, "the run keeps what it was begun with"


def test_a_window_that_stood_still_misses_nothing(training: Window) -> None:
    before = points(training)
    time.sleep(1.5)  # no event is handled meanwhile, as when the system is busy elsewhere
    assert points(training) == before
    until(lambda: points(training) > before + 5, "it catches up")
    click(training.run_bar.stop)
    until(lambda: training.run_model.state == "stopped", "it has stopped")
    assert_whole(training)


# ---- leaving and coming back


def test_a_closed_window_leaves_the_training_and_a_new_one_finds_it(
    training: Window, catalog: Catalog
) -> None:
    run, spec = the_run(training), training.project.path
    assert spec is not None
    until(lambda: len(training.run_model.history.epochs) > 1, "two epochs are judged")
    seen = points(training)
    training.close()
    QApplication.processEvents()
    assert run.is_held(), "the worker goes on without a window"
    QTest.qWait(1000)

    with opened(catalog) as again:
        page = again.findChild(StartPage)
        assert page is not None
        rows = page.recent_list
        QTest.mouseClick(
            rows.viewport(),
            Qt.MouseButton.LeftButton,
            pos=rows.visualRect(rows.model().index(0, 0)).center(),
        )
        assert again.project.path == spec
        until(lambda: again.run_model.state == "running", "the run is found")
        assert the_run(again).path == run.path
        caught_up = points(again)
        assert caught_up > seen, "what came while no window was there is shown too"
        until(lambda: points(again) > caught_up + 3, "it follows live")
        assert_whole(again)
        again.go("train")
        until(train_room(again).confusion.isVisible, "the matrix is shown")
        click(again.run_bar.stop)
        until(lambda: again.run_model.state == "stopped", "the new window stops it")

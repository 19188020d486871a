"""What is selected after the text changed: nothing that was not selected before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest

from app.network.canvas.picture import draw
from tests.app.network.bench import TEXT, Bench

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def keys_undo(bench: Bench) -> None:
    """The window's two actions, for the room alone."""
    stack = bench.project.undo_stack
    for keys, slot in (("Ctrl+Z", stack.undo), ("Ctrl+Y", stack.redo)):
        action = QAction(bench.room)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        bench.room.addAction(action)


@pytest.mark.usefixtures("keys_undo")
def test_undo_then_delete_leaves_the_layer_of_the_same_kind_alone(bench: Bench, qtbot) -> None:
    qtbot.waitUntil(bench.room.isActiveWindow, timeout=2000)
    middle = (bench.at("relu", "out") + bench.at("body", "in")) / 2
    bench.drop("linear", middle)
    assert bench.view.canvas.selected_keys() == ("linear",)
    assert bench.view.hasFocus()
    QTest.keyClick(bench.view, Qt.Key.Key_Z, CONTROL)
    bench.settle()
    assert bench.project.text == TEXT
    assert bench.view.canvas.selected_keys() == ()
    assert bench.room.inspector.network.isVisible()
    QTest.keyClick(bench.view, Qt.Key.Key_Delete)
    bench.settle()
    assert bench.project.text == TEXT


@pytest.mark.usefixtures("keys_undo")
def test_a_delete_as_quick_as_the_undo_deletes_nothing(bench: Bench, qtbot) -> None:
    qtbot.waitUntil(bench.room.isActiveWindow, timeout=2000)
    bench.drop("linear", (bench.at("relu", "out") + bench.at("body", "in")) / 2)
    bench.project.undo_stack.undo()  # the picture of the text is not there yet
    QTest.keyClick(bench.view, Qt.Key.Key_Delete)
    assert bench.project.text == TEXT


def test_a_selection_stays_with_its_layer_through_a_change_above(bench: Bench) -> None:
    bench.click("linear")
    text = bench.project.text
    at = text.index("  - relu\n  - twice")
    cursor = bench.room.editor.textCursor()
    cursor.setPosition(bench.room.editor._position(at))
    cursor.insertText("  - linear: 4\n")
    bench.settle()
    assert "linear_2" in bench.keys
    assert bench.view.canvas.selected_keys() == ("linear_2",)


def test_a_selection_stays_while_its_settings_change(bench: Bench) -> None:
    bench.click("stem")
    text = bench.project.text
    cursor = bench.room.editor.textCursor()
    at = bench.room.editor._position(text.index("name: stem") + len("name: "))
    cursor.setPosition(at)
    cursor.insertText("x")
    bench.settle()
    assert bench.view.canvas.selected_keys() == ("xstem",)


def test_a_mend_leaves_the_keyboard_in_the_text(bench: Bench) -> None:
    bench.view.setFocus()
    at = bench.project.text.index("relu\n  - twice")
    cursor = bench.room.editor.textCursor()
    cursor.setPosition(bench.room.editor._position(at))
    cursor.insertText("x")
    bench.settle()
    pane = bench.room.problems
    model = pane.list.problems
    row = next(i for i, problem in enumerate(model.problems) if problem.fix)
    area = pane.list.visualRect(model.index(row))
    button = pane.list._rows.fix_area(area, model.problems[row])
    QTest.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=button.center())
    bench.settle()
    assert bench.project.text == TEXT
    assert bench.room.editor.hasFocus()
    assert bench.view.canvas.selected_keys() == ("relu",)


def test_a_dropped_layer_is_in_sight_in_the_text_though_problems_take_room(bench: Bench) -> None:
    editor = bench.room.editor
    relus = "  - relu\n" * 60 + "  - global_avg_pool"
    bench.project.new(TEXT.replace("  - global_avg_pool", relus))
    bench.settle()
    assert editor.verticalScrollBar().value() == 0
    bench.view.ensureVisible(bench.view.canvas.nodes["relu_50"].box())
    bench.drop("rnn", (bench.at("relu_50", "out") + bench.at("relu_51", "in")) / 2)
    bench.drop("embedding", (bench.at("relu_50", "out") + bench.at("rnn", "in")) / 2)
    bench.settle()
    assert editor.textCursor().block().text().strip().startswith("- embedding")
    assert editor.viewport().rect().contains(editor.cursorRect())
    bench.view.setFocus()
    tall = editor.height()
    bench.room.splitters[1].setSizes([900, 120, 40])  # what a longer list of problems does
    bench.settle()
    assert editor.height() < tall
    assert editor.viewport().rect().contains(editor.cursorRect())


@pytest.mark.parametrize("height", [500, 640, 900, 1100])
def test_the_zoom_buttons_cover_no_layer_of_a_network_shown_whole(
    bench: Bench, height: int
) -> None:
    bench.room.resize(1000, height)
    bench.settle()
    bench.view.fit()
    view, bar = bench.view, bench.room.canvas._zoom.geometry()
    for node in view.canvas.nodes.values():
        assert not view.mapFromScene(node.box()).boundingRect().intersects(bar)


def test_the_target_tells_its_classes(bench: Bench) -> None:
    analysis, catalog = bench.project.analysis, bench.project.catalog
    assert draw(analysis, catalog, classes={"label": 3}).cards[-1].note == "3 classes"
    assert draw(analysis, catalog).cards[-1].note == "3 numbers"

"""The help panel in the window: opened by F1, walked by links, searched, left by Escape."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import style
from app.help.panel import HelpPanel
from app.network.room import NetworkRoom
from app.project import Project
from app.settings import Settings
from app.window import Window
from nnspec.catalog import Catalog

pytestmark = [
    pytest.mark.gui,
    pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)", "This plugin does not support"),
]
TEXT = "netwright: 1\nmodel:\n  - linear: 8\n  - multi_head_attention: 2\n"


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot) -> Iterator[Window]:
    made = Window(Project(Catalog.discover()), style.apply(qapp, "light"), Settings())
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    made.project.new(TEXT)
    made.go("network")
    made.activateWindow()
    QApplication.processEvents()
    yield made
    made.close()


def asked(window: Window) -> HelpPanel:
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_F1)
    QApplication.processEvents()
    assert window.help_panel is not None
    return window.help_panel


def text(panel: HelpPanel) -> str:
    return panel.page.toPlainText()


def click(panel: HelpPanel, words: str) -> None:
    """Click a link of the page, wherever it is."""
    page = panel.page
    cursor = page.document().find(words)
    while not cursor.charFormat().isAnchor():
        cursor = page.document().find(words, cursor)
    cursor.setPosition(cursor.selectionStart() + 1)
    page.setTextCursor(QTextCursor(cursor))
    page.ensureCursorVisible()
    QApplication.processEvents()
    where = page.cursorRect(cursor).center() + QPoint(1, 0)
    QTest.mouseMove(page.viewport(), where)
    QTest.mouseClick(page.viewport(), Qt.MouseButton.LeftButton, pos=where)
    QApplication.processEvents()


def selected(window: Window, key: str) -> NetworkRoom:
    room = window.room("network")
    assert isinstance(room, NetworkRoom)
    room.canvas.view.setFocus()
    room.canvas.view.canvas.select((key,))
    return room


def test_f1_tells_of_the_selected_layer_and_escape_closes(window: Window) -> None:
    room = selected(window, "multi_head_attention")
    panel = asked(window)
    assert panel.isVisible()
    assert panel.page.hasFocus()
    assert panel.page.accessibleName() == "Help: layer multi_head_attention"
    assert text(panel).startswith("multi_head_attention\n")
    assert "num_heads" in text(panel)
    QTest.keyClick(panel.page, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert room.canvas.view.hasFocus()
    assert room.canvas.view.canvas.selected_keys() == ("multi_head_attention",)


def test_links_lead_on_and_back(window: Window) -> None:
    selected(window, "linear")
    panel = asked(window)
    assert not panel.back.isEnabled()
    click(panel, "Layers")
    assert panel.path == "layer/index.md"
    click(panel, "batch_norm")
    assert panel.path == "layer/batch_norm.md"
    QTest.keyClick(panel.page, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert panel.path == "layer/index.md"
    QTest.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert text(panel).startswith("linear\n")
    assert not panel.back.isEnabled()


def test_typing_searches_and_return_opens_the_first(window: Window) -> None:
    panel = asked(window)
    assert panel.path == "index.md"
    QTest.keyClicks(panel.search, "adam")
    assert text(panel).startswith("Found for “adam”\nadam, Optimizers")
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.path == "optimizer/adam.md"
    assert panel.search.text() == ""
    QTest.keyClicks(panel.search, "zebra/")
    assert "Nothing." in text(panel)
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.path.startswith("search/")
    click(panel, "All there is")
    assert panel.path == "index.md"


def test_pages_follow_the_theme(window: Window, qapp: QApplication) -> None:
    selected(window, "linear")
    panel = asked(window)

    def link_color() -> str:
        cursor = panel.page.document().find("Layers")
        return cursor.charFormat().foreground().color().name()

    assert link_color() == style.LIGHT.accent
    style.apply(qapp, "dark")
    assert link_color() == style.DARK.accent
    style.apply(qapp, "light")


def test_a_room_without_a_topic_shows_all_there_is(window: Window) -> None:
    window.go("start")
    window.actions_by_name["show_help"].trigger()
    panel = window.help_panel
    assert panel is not None
    assert panel.path == "index.md"
    assert panel.accessibleName() == "Help"
    assert all(b.accessibleName() for b in (panel.back, panel.home, panel.close_button))


@pytest.mark.parametrize(("width", "beside"), [(1000, False), (1400, True)])
def test_the_room_makes_way_where_there_is_room(window: Window, width: int, beside: bool) -> None:
    window.resize(width, 700)
    panel = asked(window)
    room = window.room("network")
    edge = room.mapTo(window, room.rect().topRight()).x()
    where = panel.mapTo(window, panel.rect().topLeft()).x()
    assert (edge < where) == beside
    assert where + panel.width() == window.width()
    window.resize(width - 60, 700)
    QApplication.processEvents()
    assert panel.mapTo(window, panel.rect().topLeft()).x() + panel.width() == window.width()
    QTest.mouseClick(panel.close_button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert room.mapTo(window, room.rect().topRight()).x() + 1 == window.width()

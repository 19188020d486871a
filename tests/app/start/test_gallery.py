"""The gallery used by hand, with the templates that ship."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app import style
from app.project import Project
from app.settings import Settings, projects
from app.start.cards import CARD_HEIGHT, LEAST_WIDTH
from app.start.gallery import NOTHING_FOUND, Gallery
from app.start.gallery_model import TEMPLATE, GalleryModel
from app.start.page import StartPage
from app.window import Window
from nnspec.catalog import Catalog
from trainers.templates import GROUPS, templates

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def gallery(qapp: QApplication, qtbot: QtBot) -> Gallery:
    made = Gallery(style.apply(qapp, "light"), templates())
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    made.begin()
    QApplication.processEvents()
    return made


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot) -> Iterator[Window]:
    project = Project(Catalog.discover())
    made = Window(project, style.apply(qapp, "light"), Settings())
    qtbot.addWidget(made)
    made.show()
    yield made
    made.run_model.leave()
    made.close()
    project.deleteLater()


def shown(gallery: Gallery) -> list[str]:
    rows = [gallery.model.index(row) for row in range(gallery.model.rowCount())]
    return [index.data(TEMPLATE).name for index in rows if index.data(TEMPLATE)]


def index_of(gallery: Gallery, name: str) -> QModelIndex:
    rows = (gallery.model.index(row) for row in range(gallery.model.rowCount()))
    return next(i for i in rows if i.data(TEMPLATE) and i.data(TEMPLATE).name == name)


def test_the_model_keeps_the_promises_of_qt(qapp: QApplication) -> None:
    model = GalleryModel(templates())
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.search("table")
    model.search("")
    headings = [
        str(index.data())
        for row in range(model.rowCount())
        if (index := model.index(row)).data(TEMPLATE) is None
    ]
    assert headings == [group for group in GROUPS if group in headings]


def test_every_template_is_a_card_with_words_for_a_screen_reader(gallery: Gallery) -> None:
    assert shown(gallery) == [each.name for each in templates()]
    for each in templates():
        said = index_of(gallery, each.name).data(Qt.ItemDataRole.AccessibleTextRole)
        assert each.title in said
        assert each.when in said


def test_only_what_can_be_seen_is_rendered(gallery: Gallery) -> None:
    drawn = [each for each in templates() if each.picture.is_file()]
    assert 0 < len(gallery.view.cards.pictures) < len(drawn)
    first = gallery.view.cards.pictures.of(drawn[0], 1.0)
    assert first.toImage() != QPixmap(first.size()).toImage()


def test_typing_leaves_only_what_was_meant(gallery: Gallery) -> None:
    QTest.keyClicks(gallery.search, "LeNet")
    assert shown(gallery) == ["lenet"]
    gallery.search.clear()
    QTest.keyClicks(gallery.search, "zebra")
    assert shown(gallery) == []
    words = [label.text() for label in gallery.findChildren(QLabel) if label.isVisible()]
    assert NOTHING_FOUND in words
    QTest.keyClick(gallery.search, Qt.Key.Key_Escape)
    assert len(shown(gallery)) == len(templates())


def test_return_takes_the_first_that_was_found(gallery: Gallery, qtbot: QtBot) -> None:
    QTest.keyClicks(gallery.search, "perceptron line")
    first = shown(gallery)[0]
    with qtbot.waitSignal(gallery.wanted) as wanted:
        QTest.keyClick(gallery.search, Qt.Key.Key_Return)
    assert wanted.args
    assert wanted.args[0].name == first


def test_the_arrows_walk_in_two_directions(gallery: Gallery, qtbot: QtBot) -> None:
    QTest.keyClick(gallery.search, Qt.Key.Key_Down)
    view = gallery.view
    assert view.hasFocus()
    assert view.currentIndex() == gallery.model.first()
    top = view.visualRect(view.currentIndex())
    QTest.keyClick(view, Qt.Key.Key_Right)
    beside = view.visualRect(view.currentIndex())
    assert beside.top() == top.top()
    assert beside.left() > top.left()
    QTest.keyClick(view, Qt.Key.Key_Down)
    below = view.visualRect(view.currentIndex())
    assert below.left() == beside.left()
    assert view.currentIndex().data(TEMPLATE)
    QTest.keyClick(view, Qt.Key.Key_Up)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.currentIndex() == gallery.model.first()
    with qtbot.waitSignal(gallery.wanted) as wanted:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert wanted.args
    assert wanted.args[0] == gallery.model.first().data(TEMPLATE)
    with qtbot.waitSignal(gallery.left):
        QTest.keyClick(view, Qt.Key.Key_Escape)


@pytest.mark.parametrize("width", [640, 980, 1600])
def test_cards_fill_the_width_whatever_it_is(gallery: Gallery, width: int) -> None:
    gallery.resize(width, 700)
    QApplication.processEvents()
    view = gallery.view
    cards = [view.visualRect(index_of(gallery, name)) for name in shown(gallery)]
    assert all(card.height() == CARD_HEIGHT for card in cards)
    assert max(card.right() for card in cards) <= view.viewport().width()
    heading = view.visualRect(gallery.model.index(0))
    assert heading.width() > view.viewport().width() - 8  # no card fits beside it
    assert not any(heading.intersects(card) for card in cards)


def test_a_click_opens_the_users_own_copy(window: Window, qtbot: QtBot) -> None:
    page = window.findChild(StartPage)
    assert page
    qtbot.mouseClick(page.templates_button, Qt.MouseButton.LeftButton)
    assert page.gallery
    assert page.gallery.search.hasFocus() or not window.isActiveWindow()
    QApplication.processEvents()
    QTest.keyClicks(page.gallery.search, "LeNet")
    QApplication.processEvents()
    view = page.gallery.view
    where = view.visualRect(index_of(page.gallery, "lenet")).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert window.project.path == projects() / "lenet" / "lenet.yaml"
    assert "LeNet" in window.project.text
    assert window.room("network").isVisible()
    assert not [p for p in window.project.analysis.problems if p.severity == "error"]


def test_the_menu_leads_to_the_gallery(window: Window) -> None:
    window.go("network")
    window.actions_by_name["new_from_template"].trigger()
    page = window.room("start")
    assert isinstance(page, StartPage)
    assert page.gallery
    assert page.gallery.isVisible()
    page.gallery.back.click()
    assert page.zone.isVisible()


@pytest.mark.parametrize("width", [700, 1000, 1200, 1338])
def test_rows_hold_as_many_cards_as_fit(gallery: Gallery, width: int) -> None:
    gallery.resize(width, 800)
    QApplication.processEvents()
    view = gallery.view
    gallery.view.doItemsLayout()
    places = [view.visualRect(gallery.model.index(row)) for row in range(gallery.model.rowCount())]
    cards = [place for place in places if place.height() == CARD_HEIGHT]
    in_rows = Counter(place.y() for place in cards)
    assert max(in_rows.values()) == view.cards.width // view.cards.card_width
    assert max(in_rows.values()) == view.viewport().width() // LEAST_WIDTH
    assert max(place.right() for place in cards) < view.viewport().width()

"""Notices tell, offer, and go away."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app import notices as module
from app import style
from app.notices import MOST, Notices


@pytest.fixture
def notices(qapp: QApplication, qtbot: QtBot) -> Notices:
    made = Notices(style.apply(qapp, "light"))
    qtbot.addWidget(made)
    return made


def test_the_newest_is_on_top_and_old_ones_give_way(notices: Notices) -> None:
    for number in range(MOST + 2):
        notices.post("warning", f"sentence {number}")
    assert [notice.text for notice in notices.shown()] == [
        "sentence 4", "sentence 3", "sentence 2",
    ]  # fmt: skip


def test_one_notice_for_each_key(notices: Notices) -> None:
    notices.post("error", "one", key="training")
    notices.post("error", "two", key="training")
    assert [notice.text for notice in notices.shown()] == ["two"]
    notices.withdraw("training")
    assert notices.shown() == []


def test_an_offer_is_done_and_the_notice_leaves(notices: Notices, qtbot: QtBot) -> None:
    done: list[int] = []
    notice = notices.post("note", "Something", offers=[("Show", lambda: done.append(1))])
    qtbot.mouseClick(notice.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert done == [1]
    assert notices.shown() == []


def test_good_news_leaves_by_itself_and_bad_news_stays(
    notices: Notices, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STAYS_MS", 20)
    notices.post("good", "saved")
    notices.post("error", "not saved")
    qtbot.waitUntil(lambda: [n.text for n in notices.shown()] == ["not saved"], timeout=1000)


def test_foreign_words_are_shown_as_they_are(notices: Notices) -> None:
    notice = notices.post("error", "<b>bold.yaml</b> is missing")
    words = next(label for label in notice.findChildren(QLabel) if label.text())
    assert words.textFormat() == Qt.TextFormat.PlainText
    assert notice.accessibleName() == "<b>bold.yaml</b> is missing"

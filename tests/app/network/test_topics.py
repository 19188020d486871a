"""F1, the question mark and the menus: the help page of what the user is at."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.network.topics import topic_at
from nnspec.catalog import Catalog
from tests.app.network.bench import Bench

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

TEXT = """\
netwright: 1
data: {source: {sample: bars}, target: {kind: category}}
model:
  - conv2d:
      out_channels: 8  # dropout
    name: stem
  - softmax
  - add: [stem, body]
train:
  epochs: 3
  optimizer: {adamw: {lr: 1e-3}}
  schedule: cosine
  metrics: [accuracy]
  losses:
    - mse: {of: output, against: y}
"""


@pytest.mark.parametrize(("word", "page"), [
    ("conv2d", "layer/conv2d.md"),
    ("out_channels", "layer/conv2d.md"),
    ("stem", "layer/conv2d.md"),
    ("softmax", "layer/softmax.md"),
    ("body", "layer/add.md"),
    ("sample", "source/sample.md"),
    ("category", "column/category.md"),
    ("target", "column/index.md"),
    ("optimizer", "optimizer/index.md"),
    ("lr", "optimizer/adamw.md"),
    ("cosine", "schedule/cosine.md"),
    ("accuracy", "metric/accuracy.md"),
    ("against", "loss/mse.md"),
    ("dropout", ""),
    ("netwright", ""),
])  # fmt: skip
def test_a_word_of_the_text_has_a_page(word: str, page: str, catalog: Catalog) -> None:
    assert topic_at(TEXT, TEXT.index(word) + 1, catalog) == page


def asked(bench: Bench) -> list[str]:
    pages: list[str] = []
    bench.room.help_wanted.connect(pages.append)
    return pages


def test_the_question_mark_tells_of_the_layer_that_is_shown(bench: Bench) -> None:
    pages = asked(bench)
    bench.click("stem")
    QTest.mouseClick(bench.room.inspector.layer.help, Qt.MouseButton.LeftButton)
    assert pages == ["layer/conv2d.md"]
    bench.click("body")  # a block has no page of its own
    assert not bench.room.inspector.layer.help.isVisible()
    assert bench.room.topic() == "layer/index.md"


def test_the_menu_of_a_card_is_about_the_card_under_the_mouse(bench: Bench) -> None:
    pages = asked(bench)
    bench.click("stem")
    QTest.mouseClick(
        bench.view.viewport(), Qt.MouseButton.RightButton, pos=bench.at("global_avg_pool")
    )
    bench.settle()
    assert bench.view.canvas.selected_keys() == ("global_avg_pool",)
    next(action for action in bench.view.actions() if action.text() == "Help").trigger()
    assert pages == ["layer/global_avg_pool.md"]


def test_the_palette_tells_of_what_lies_under_the_mouse(bench: Bench) -> None:
    pages = asked(bench)
    rows = bench.room.palette_pane.list
    bench.room.palette_pane.search.setText("lstm")
    bench.settle()
    row = next(r for r in range(rows.kinds.rowCount()) if rows.kinds.index(r).data() == "lstm")
    bench.room.palette_pane.search.setFocus()
    rows.setCurrentIndex(rows.kinds.index(row))
    assert bench.room.topic() == "layer/lstm.md"
    heading, entry = (rows.visualRect(rows.kinds.index(r)).center() for r in (0, row))
    for place in (heading, entry):
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, place, rows.viewport().mapToGlobal(place)
        )
        QApplication.sendEvent(rows.viewport(), event)
        bench.settle()
    (menu,) = rows.findChildren(QMenu)  # a heading has none
    assert [action.text() for action in menu.actions()] == ["Add lstm", "Help on lstm"]
    menu.actions()[1].trigger()
    menu.close()
    assert pages == ["layer/lstm.md"]


def test_the_cursor_and_the_cards_of_data_have_pages(bench: Bench) -> None:
    editor = bench.room.editor
    editor.setFocus()
    cursor = editor.textCursor()
    cursor.setPosition(editor.toPlainText().index("kernel_size"))
    editor.setTextCursor(cursor)
    bench.settle()
    assert bench.room.topic() == "layer/conv2d.md"
    ends = {card.role: card.key for card in bench.room.picture.cards if card.index < 0}
    bench.click(ends["input"])
    assert bench.room.topic() == "source/index.md"
    bench.click(ends["output"])
    assert bench.room.topic() == "loss/index.md"


def test_the_form_of_the_optimiser_has_a_page(bench: Bench) -> None:
    bench.room.canvas.view.canvas.select(())
    form = bench.room.inspector.network.kind_form("optimizer")
    form.edit_first()
    bench.settle()
    assert bench.room.topic() == "optimizer/index.md"

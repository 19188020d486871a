"""What the mouse is told of a word of the text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from app.network.hover import meaning
from nnspec.catalog import Catalog
from tests.app.network.bench import Bench
from tests.app.network.test_completion import MANY

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.mark.parametrize(("word", "told"), [
    ("models:", "several networks"),
    ("normal(16)", "normal(size, …)\nA fresh batch"),
    ("minimize", "minimize (loss)"),
    ("update", "update: the models"),
    ("linear", "linear (layer)"),
    ("critic(fake)", ""),
    ("netwright", "the format number"),
])  # fmt: skip
def test_words_are_explained(word: str, told: str, catalog: Catalog) -> None:
    assert meaning(MANY, MANY.index(word) + 1, catalog).startswith(told)
    if not told:
        assert meaning(MANY, MANY.index(word) + 1, catalog) == ""


def test_comments_and_blanks_mean_nothing(catalog: Catalog) -> None:
    text = "# relu\n\nmodel:\n  - relu # gelu\n"
    assert [meaning(text, at, catalog) for at in (3, 7, 16, text.index("gelu"))] == [""] * 4
    assert meaning(text, text.rindex("relu"), catalog).startswith("relu (layer)")
    assert meaning("", 0, catalog) == ""


def test_the_mouse_over_a_layer_is_told(bench: Bench) -> None:
    editor = bench.room.editor
    cursor = editor.document().find("global_avg_pool")
    cursor.setPosition(cursor.selectionStart() + 3)
    place = editor.viewport().mapTo(editor, editor.cursorRect(cursor).center())
    event = QHelpEvent(QEvent.Type.ToolTip, place, editor.mapToGlobal(place))
    QApplication.sendEvent(editor, event)
    assert QToolTip.text().startswith("global_avg_pool (layer)")
    QToolTip.hideText()

"""The list of completions under the cursor, and what choosing one of them writes."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QObject, QStringListModel, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit

from app.network.completion import Offer

_WORD = re.compile(r"[\w$]*\Z")
_TAKEN = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Escape,
)


class Completions(QObject):
    """Shows the offers that `find` has for the cursor of an editor."""

    def __init__(self, editor: QPlainTextEdit, find: Callable[[], list[Offer]]) -> None:
        super().__init__(editor)
        self._editor, self._find = editor, find
        self._offers: list[Offer] = []
        self.popup = QListView()
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setWidget(editor)
        self._completer.setPopup(self.popup)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(10)
        self._completer.activated.connect(self._insert)

    def takes(self, key: int) -> bool:
        """Whether the list is open and this key is for it."""
        return self.popup.isVisible() and key in _TAKEN

    def ask(self) -> None:
        """Show what may be written at the cursor."""
        self._offers = self._find()
        if not self._offers:
            self.popup.hide()
            return
        self._words.setStringList([offer.word for offer in self._offers])
        for row, offer in enumerate(self._offers):
            self._words.setData(self._words.index(row), offer.note, Qt.ItemDataRole.ToolTipRole)
        self._completer.setCompletionPrefix("")
        where = self._editor.cursorRect().translated(self._editor.viewportMargins().left(), 4)
        where.setWidth(max(180, self.popup.sizeHintForColumn(0) + 48))
        self._completer.complete(where)
        self.popup.setCurrentIndex(self._completer.completionModel().index(0, 0))

    def follow(self, typed: str) -> None:
        """Show offers while a word is typed, and nothing when it is over."""
        if typed and (typed.isalnum() or typed in "_$"):
            self.ask()
        elif self.popup.isVisible():
            self.popup.hide()

    def _insert(self, word: str) -> None:
        offer = next((offer for offer in self._offers if offer.word == word), None)
        if offer is None:
            return
        cursor = self._editor.textCursor()
        line = cursor.block().text()[: cursor.positionInBlock()]
        begun = _WORD.search(line)
        cursor.movePosition(
            QTextCursor.MoveOperation.Left,
            QTextCursor.MoveMode.KeepAnchor,
            len(begun.group()) if begun else 0,
        )
        cursor.insertText(offer.text)

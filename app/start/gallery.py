"""The gallery of templates: cards under headings, a search field, and the keyboard for both."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from app.start.cards import LEAST_WIDTH, CardDelegate
from app.start.gallery_model import TEMPLATE, GalleryModel
from app.style import GRID, Style, set_role
from trainers.templates import Template

WIDTH = 150 * GRID
PROMISE = "Each is a commented spec with data of its own: it trains as it stands."
NOTHING_FOUND = "No template has these words"
ADVICE = "Try a single word: pictures, text, series, graph, forecast …"

_Move = QAbstractItemView.CursorAction


class GalleryView(QListView):
    """A list that runs on from row to row; the arrows go where they point."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = CardDelegate(style, self)
        self.setItemDelegate(self.cards)
        self.setAccessibleName("Templates")
        set_role(self, "gallery")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(3 * GRID)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        style.changed.connect(self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the width among as many cards as fit."""
        # Qt breaks rows where a scroll bar of the plain style would begin; ours is narrower.
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        whole = min(event.size().width(), self.maximumViewportSize().width() - bar) - 1
        columns = max(1, whole // LEAST_WIDTH)
        self.cards.width, self.cards.card_width = whole, whole // columns
        super().resizeEvent(event)

    def moveCursor(self, action: _Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Up and down go to the nearest card of the next row, past headings and short rows."""
        down = {_Move.MoveUp: -1, _Move.MoveDown: 1}.get(action)
        here = self.currentIndex()
        if down is None or not here.isValid():
            return super().moveCursor(action, modifiers)
        place = self.visualRect(here).center()
        beyond = [
            (abs(there.y() - place.y()), abs(there.x() - place.x()), row)
            for row in range(self.model().rowCount())
            if (index := self.model().index(row, 0)).data(TEMPLATE)
            and (there := self.visualRect(index).center()) is not None
            and (there.y() - place.y()) * down > 0
        ]
        return self.model().index(min(beyond)[2], 0) if beyond else here


class SearchField(QLineEdit):
    """A search field whose arrow keys go to what was found."""

    left = Signal()
    walked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the arrows down leave the field, and Escape clear it before it leaves the page."""
        if event.key() == Qt.Key.Key_Down:
            self.walked.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Gallery(QWidget):
    """The page of templates.

    Signals:
        wanted: carries the Template. left: the user wishes to go back.
    """

    wanted = Signal(object)
    left = Signal()

    def __init__(
        self, style: Style, templates: Sequence[Template], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = GalleryModel(templates, self)
        self.view = GalleryView(style)
        self.view.setModel(self.model)
        self.search = SearchField()
        self.back = QPushButton("Back")
        self._pages = QStackedWidget()
        self._lay_out(style)
        self._connect()

    def begin(self) -> None:
        """Show all of them, ready for a word to be typed."""
        self.search.clear()
        self.search.setFocus()

    def _lay_out(self, style: Style) -> None:
        middle = QWidget()
        middle.setMaximumWidth(WIDTH)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._head(style))
        self._pages.addWidget(self.view)
        self._pages.addWidget(_empty_page())
        column.addWidget(self._pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 0)
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)

    def _head(self, style: Style) -> QHBoxLayout:
        title, promise = QLabel("Templates"), QLabel(PROMISE)
        set_role(title, "title")
        set_role(promise, "muted")
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addWidget(title)
        words.addWidget(promise)
        self.back.setIconSize(QSize(18, 18))
        self.back.setToolTip("Back to the start page (Escape)")
        style.set_icon(self.back, "back")
        self.search.setPlaceholderText("Search templates")
        self.search.setAccessibleName("Search templates")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(32 * GRID)
        sign = QAction(self.search)
        style.set_icon(sign, "search")
        self.search.addAction(sign, QLineEdit.ActionPosition.LeadingPosition)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.back)
        row.addLayout(words, 1)
        row.addWidget(self.search)
        return row

    def _connect(self) -> None:
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._take_first)
        self.search.walked.connect(self._walk)
        self.search.left.connect(self.left)
        self.back.clicked.connect(self.left)
        self.view.clicked.connect(self._take)
        self.view.activated.connect(self._take)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.view)
        escape.setContext(Qt.ShortcutContext.WidgetShortcut)
        escape.activated.connect(self.left)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)

    def _find(self, words: str) -> None:
        self.model.search(words)
        self._pages.setCurrentIndex(0 if self.model.first().isValid() else 1)
        self.view.scrollToTop()

    def _walk(self) -> None:
        first = self.model.first()
        if first.isValid():
            self.view.setFocus()
            self.view.setCurrentIndex(first)

    def _take_first(self) -> None:
        self._take(self.model.first())

    def _take(self, index: QModelIndex) -> None:
        template = index.data(TEMPLATE) if index.isValid() else None
        if template is not None:
            self.wanted.emit(template)


def _empty_page() -> QWidget:
    page = QWidget()
    words, advice = QLabel(NOTHING_FOUND), QLabel(ADVICE)
    set_role(words, "heading")
    set_role(advice, "muted")
    column = QVBoxLayout(page)
    column.addStretch(1)
    for label in (words, advice):
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(label)
    column.addStretch(2)
    return page

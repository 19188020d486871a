"""The palette: every layer kind and every block of the spec, to be searched and dragged.

One list model serves the palette at the side, which has headings, and the search box on the canvas,
which ranks. Nothing is listed by hand: a new kind file is a new row.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.network.canvas.ink import icon_name, look
from app.network.kinds import ENTRY, Entry, Index, KindModel
from app.style import Style


class KindDelegate(QStyledItemDelegate):
    """Draws a row: an icon on its group's quiet ground, the name, and the sentence below it."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """How large it wants to be."""
        entry = index.data(ENTRY)
        return QSize(120, (28 if index.row() == 0 else 36) if entry.heading else 44)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw it."""
        entry: Entry = index.data(ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry.heading:
            self._paint_heading(painter, option.rect, entry)
        else:
            self._paint_ground(painter, option)
            self._paint_entry(painter, option.rect, entry)
        painter.restore()

    def _paint_heading(self, painter: QPainter, area: QRect, entry: Entry) -> None:
        painter.setFont(self._style.font("small", strong=True))
        painter.setPen(self._style.color("muted"))
        where = area.adjusted(10, 0, -8, -6)
        painter.drawText(
            where, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), entry.name
        )

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if not chosen and not state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._style.color("accent_soft" if chosen else "sunken"))
        painter.drawRoundedRect(option.rect.adjusted(2, 1, -2, -1), 6, 6)

    def _paint_entry(self, painter: QPainter, area: QRect, entry: Entry) -> None:
        style = self._style
        color = style.tokens.family(look(entry.group))
        ground = QColor(color)
        ground.setAlphaF(0.15)
        tile = QRect(area.left() + 10, area.top() + 8, 28, 28)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(tile, 6, 6)
        icon = style.pixmap(icon_name(entry.group), 16, color, 2.0)
        painter.drawPixmap(QPointF(tile.left() + 6, tile.top() + 6), icon)
        words = area.adjusted(48, 5, -8, -5)
        painter.setFont(style.font("body", strong=True))
        painter.setPen(style.color("text"))
        name = painter.fontMetrics().elidedText(
            entry.name, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, int(Qt.AlignmentFlag.AlignTop), name)
        painter.setFont(style.font("small"))
        painter.setPen(style.color("muted"))
        shown = painter.fontMetrics().elidedText(
            entry.summary, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, int(Qt.AlignmentFlag.AlignBottom), shown)


class KindList(QListView):
    """A list of kinds.

    Signals:
        picked: carries the name, on double-click or Return. help_wanted: carries the name.
    """

    picked = Signal(str)
    help_wanted = Signal(str)

    def __init__(self, style: Style, *, headings: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kinds = KindModel(headings=headings, parent=self)
        self.setModel(self.kinds)
        self.setItemDelegate(KindDelegate(style, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { border: none; background: transparent; }")
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.doubleClicked.connect(self._pick)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        style.changed.connect(self.viewport().update)

    def _pick(self, index: QModelIndex) -> None:
        entry = self.kinds.entry(index)
        if entry:
            self.picked.emit(entry.name)

    @property
    def chosen(self) -> str:
        """The name of the row that is chosen, or ""."""
        entry = self.kinds.entry(self.currentIndex())
        return entry.name if entry else ""

    def _show_menu(self, where: QPoint) -> None:
        """Offer what can be done with the row under the mouse."""
        entry = self.kinds.entry(self.indexAt(where))
        if entry is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, signal in (
            (f"Add {entry.name}", self.picked),
            (f"Help on {entry.name}", self.help_wanted),
        ):
            action = menu.addAction(words)
            action.triggered.connect(partial(_tell, signal, entry.name))
        menu.popup(self.viewport().mapToGlobal(where))

    def pick_current(self) -> None:
        """Take the row that is chosen."""
        self._pick(self.currentIndex())

    def choose_first(self) -> None:
        """Choose the first row that is not a heading."""
        for row in range(self.kinds.rowCount()):
            index = self.kinds.index(row)
            if self.kinds.entry(index):
                self.setCurrentIndex(index)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a key."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pick_current()
        else:
            super().keyPressEvent(event)


def _tell(signal: SignalInstance, name: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002
    signal.emit(name)


class SearchLine(QLineEdit):
    """A search field whose arrow keys move through a list and whose Return takes from it."""

    left = Signal()

    def __init__(self, kinds: KindList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds
        self.setClearButtonEnabled(True)
        self.textChanged.connect(self._search)

    def _search(self, typed: str) -> None:
        self._kinds.kinds.set_typed(typed)
        if typed:
            self._kinds.choose_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a key."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._kinds.keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._kinds.pick_current()
        elif key == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Palette(QFrame):
    """The pane at the left. `picked` carries the kind to add after the selection."""

    picked = Signal(str)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.list = KindList(style, headings=True, parent=self)
        self.list.setDragEnabled(True)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.list.setAccessibleName("Layers to add")
        self.list.picked.connect(self.picked)
        self.search = SearchLine(self.list, self)
        self.search.setPlaceholderText("Search layers")
        self.search.setAccessibleName("Search layers")
        sign = QAction(self.search)
        style.set_icon(sign, "search")
        self.search.addAction(sign, QLineEdit.ActionPosition.LeadingPosition)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(4)
        bar = QVBoxLayout()
        bar.setContentsMargins(12, 0, 12, 4)
        bar.addWidget(self.search)
        column.addLayout(bar)
        column.addWidget(self.list)

    def set_known(self, known: tuple[Entry, ...]) -> None:
        """Offer these."""
        self.list.kinds.set_known(known)

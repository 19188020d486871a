"""The palette: every layer kind and every block of the spec, to be searched and dragged.

One list model serves the palette at the side, which has headings, and the search box on the canvas,
which ranks. Nothing is listed by hand: a new kind file is a new row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.network.canvas.ink import icon_name, look
from app.network.canvas.view import KIND_MIME
from app.style import Style
from nnspec.catalog import Catalog

ENTRY = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex

GROUPS = (
    "Block",
    "Linear",
    "Convolution",
    "Pooling",
    "Activation",
    "Normalization",
    "Regularization",
    "Dropout",
    "Combine",
    "Shape",
    "Recurrent",
    "Attention",
    "Embedding",
    "Upsampling",
)
"""The order of the headings; groups not named here follow by name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a heading (no summary), or a layer or block with one sentence about it."""

    name: str
    group: str
    summary: str = ""
    heading: bool = False
    also: tuple[str, ...] = ()


def entries(catalog: Catalog, blocks: Iterable[tuple[str, int]] = ()) -> tuple[Entry, ...]:
    """All that can be added: the spec's blocks (name, number of layers), then every layer."""
    own = [Entry(name, "Block", f"Block of {count} layers, yours.") for name, count in blocks]
    kinds = [
        Entry(kind.name, kind.group, kind.summary, also=kind.also) for kind in catalog.of("layer")
    ]
    order = {group: index for index, group in enumerate(GROUPS)}
    return tuple(
        sorted([*own, *kinds], key=lambda e: (order.get(e.group, len(order)), e.group, e.name))
    )


def grouped(found: Sequence[Entry]) -> list[Entry]:
    """Put a heading before each group."""
    rows: list[Entry] = []
    for entry in found:
        if not rows or rows[-1].group != entry.group:
            rows.append(Entry(entry.group, entry.group, heading=True))
        rows.append(entry)
    return rows


def matching(known: Sequence[Entry], typed: str) -> list[Entry]:
    """The entries that `typed` may mean, the likeliest first; all of them when nothing is typed."""
    wanted = typed.strip().lower().replace(" ", "_")
    ranked = [(_rank(entry, wanted), entry) for entry in known]
    ranked = [pair for pair in ranked if pair[0] is not None]
    ranked.sort(key=lambda pair: pair[0] or 0)
    return [entry for _, entry in ranked]


def _rank(entry: Entry, wanted: str) -> int | None:
    name = entry.name.lower()
    if not wanted or name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if any(part.startswith(wanted) for part in name.split("_")):
        return 2
    if wanted in name:
        return 3
    if any(other.lower().startswith(wanted) for other in entry.also):
        return 1
    if entry.group.lower().startswith(wanted):
        return 4
    letters = iter(name)
    if all(letter in letters for letter in wanted):
        return 5
    words = wanted.replace("_", " ")
    return 6 if len(wanted) > 2 and words in entry.summary.lower() else None


class KindModel(QAbstractListModel):
    """The rows to choose from; `headings` says whether groups are headed."""

    def __init__(self, *, headings: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._headings = headings
        self._known: tuple[Entry, ...] = ()
        self._typed = ""
        self._rows: list[Entry] = []

    def set_known(self, known: tuple[Entry, ...]) -> None:
        """Offer these from now on."""
        if known != self._known:
            self._known = known
            self._refill()

    def set_typed(self, typed: str) -> None:
        """Show only what this may mean."""
        if typed != self._typed:
            self._typed = typed
            self._refill()

    def _refill(self) -> None:
        self.beginResetModel()
        found = matching(self._known, self._typed)
        if self._headings:
            order = {entry: index for index, entry in enumerate(self._known)}
            found = grouped(sorted(found, key=lambda entry: order[entry]))
        self._rows = found
        self.endResetModel()

    def entry(self, index: Index) -> Entry | None:
        """The kind of a row; None for a heading."""
        if not index.isValid() or self._rows[index.row()].heading:
            return None
        return self._rows[index.row()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """How many rows there are."""
        """What a row shows."""
        if not index.isValid():
            return None
        entry = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.ToolTipRole and not entry.heading:
            return f"{entry.name}\n{entry.summary}"
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return entry.summary
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings can neither be chosen nor dragged."""
        if self.entry(index) is None:
            return Qt.ItemFlag.NoItemFlags
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """What a drag carries."""
        return [KIND_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Carry the name of the kind."""
        carried = QMimeData()
        entry = self.entry(indexes[0]) if indexes else None
        if entry:
            carried.setData(KIND_MIME, QByteArray(entry.name.encode()))
        return carried


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
        painter.drawText(words, int(Qt.AlignmentFlag.AlignTop), entry.name)
        painter.setFont(style.font("small"))
        painter.setPen(style.color("muted"))
        shown = painter.fontMetrics().elidedText(
            entry.summary, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, int(Qt.AlignmentFlag.AlignBottom), shown)


class KindList(QListView):
    """A list of kinds. Emits `picked` with the name on double-click or Return."""

    picked = Signal(str)

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
        style.changed.connect(self.viewport().update)

    def _pick(self, index: QModelIndex) -> None:
        entry = self.kinds.entry(index)
        if entry:
            self.picked.emit(entry.name)

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

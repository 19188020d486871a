"""How a row of the recent list is drawn: name, folder, and when it was open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.recent import PATH_ROLE, WHEN_ROLE
from app.style import GRID, Style

ROW_HEIGHT = 6 * GRID + GRID // 2

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RecentDelegate(QStyledItemDelegate):
    """Two lines on the left, the time on the right."""

    def __init__(self, style: Style, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._style = style

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Every row is as tall as two lines."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        state, rect = option.state, QRect(option.rect)  # type: ignore[attr-defined]
        style = self._style
        painter.save()
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            painter.fillRect(rect, style.color("sunken"))
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(
            rect.left() + 2 * GRID,
            rect.center().y() - 10,
            style.pixmap("file", 20, "muted", ratio),
        )
        words = rect.adjusted(6 * GRID, GRID // 2, -2 * GRID, -GRID // 2)
        when = str(index.data(WHEN_ROLE))
        self._write(painter, words, _RIGHT, "small", "muted", when)
        room = words.adjusted(0, 0, -16 * GRID, 0)
        top, bottom = QRect(room), QRect(room)
        top.setBottom(room.center().y() + 1)
        bottom.setTop(room.center().y() + 1)
        self._write(painter, top, _LEFT, "body", "text", str(index.data()), strong=True)
        folder = _short(Path(str(index.data(PATH_ROLE))).parent)
        self._write(painter, bottom, _LEFT, "small", "muted", folder)
        painter.restore()

    def _write(
        self,
        painter: QPainter,
        rect: QRect,
        flags: Qt.AlignmentFlag,
        role: str,
        color: str,
        words: str,
        *,
        strong: bool = False,
    ) -> None:
        font = self._style.font(role, strong=strong)  # type: ignore[arg-type]
        painter.setFont(font)
        painter.setPen(self._style.color(color))
        elided = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, int(flags), elided)


def _short(folder: Path) -> str:
    try:
        return f"~/{folder.relative_to(Path.home()).as_posix()}"
    except ValueError:
        return str(folder)

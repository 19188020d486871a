"""The confusion matrix, painted as one picture so that a thousand classes cost no more than ten."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QMetaObject, QPoint, QPointF, QRect, QRectF, Qt, Slot
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.style import GRID, Style
from app.train.judgement import summary_words
from trainers.history import Confusion

LABEL_MOST = 11 * GRID
"""How many pixels the class names may take on the left."""
MOST_CELL = 64
TEXT_PADDING = 6


class ConfusionView(QWidget):
    """Rows are true classes, columns predicted ones; the diagonal is what was right."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._confusion: Confusion | None = None
        self._shares = np.zeros((0, 0))
        self._image = QImage()
        self.normalized = False
        self.setAccessibleName("Confusion matrix")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        style.changed.connect(self._color)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay as tall as the width asks for."""
        super().resizeEvent(event)
        self._fit_soon()

    def set_confusion(self, confusion: Confusion) -> None:
        """Show these counts."""
        if confusion is self._confusion:
            return
        same_size = len(confusion.counts) == len(self._shares)
        self._confusion = confusion
        counts = np.asarray(confusion.counts, dtype=np.float64)
        self._shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
        self.setAccessibleDescription(summary_words(confusion))
        self._color()
        if not same_size:
            self._fit_soon()

    def set_normalized(self, on: bool) -> None:  # noqa: FBT001 - a toggle's slot
        """Show shares of each true class instead of counts."""
        self.normalized = on
        self.update()

    def _fit_soon(self) -> None:
        # A height that is set while the layout is at work would not reach the layout.
        QMetaObject.invokeMethod(self, "fit", Qt.ConnectionType.QueuedConnection)

    @Slot()
    def fit(self) -> None:
        """As tall as makes the cells square, within reason."""
        classes = max(2, len(self._shares))
        cell = min(MOST_CELL, (self.width() - self._left() - 1) / classes)
        self.setFixedHeight(max(15 * GRID, int(cell * classes) + 5 * GRID))

    # ---- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw cells, names and, where there is room, numbers."""
        if self._confusion is None:
            return
        painter = QPainter(self)
        area = self._area()
        painter.drawImage(area, self._image)
        self._draw_grid(painter, area)
        self._draw_names(painter, area)
        self._draw_numbers(painter, area)
        painter.end()

    def _area(self) -> QRectF:
        classes = max(1, len(self._shares))
        left, top = self._left(), 2.5 * GRID
        room = min(self.width() - left - 1, (self.height() - top - 2.5 * GRID))
        cell = min(MOST_CELL, room / classes)
        return QRectF(left, top, cell * classes, cell * classes)

    def _left(self) -> float:
        if self._confusion is None:
            return LABEL_MOST
        lines = QFontMetricsF(self._style.font("small"))
        widest = max(map(lines.horizontalAdvance, self._confusion.labels[:200]), default=0)
        return min(widest, LABEL_MOST) + 3 * GRID

    def _color(self) -> None:
        """Colour every cell: the accent for what is right, another colour for mistakes."""
        classes = len(self._shares)
        if not classes:
            return
        ground = _rgb(self._style.color("sunken"))
        right, wrong = _rgb(self._style.color("accent")), _rgb(self._style.series(1))
        tint = np.where(np.eye(classes, dtype=bool)[..., None], right, wrong)
        strength = np.sqrt(self._shares)[..., None] * 0.92
        pixels = np.empty((classes, classes, 4), np.uint8)
        pixels[..., :3] = ground + (tint - ground) * strength
        pixels[..., 3] = 255
        image = QImage(
            pixels.tobytes(), classes, classes, 4 * classes, QImage.Format.Format_RGBA8888
        )
        self._image = image.copy()
        self.update()

    def _draw_grid(self, painter: QPainter, area: QRectF) -> None:
        cell = area.width() / len(self._shares)
        if cell < GRID:
            return
        painter.setPen(self._style.color("surface"))
        for index in range(1, len(self._shares)):
            at = index * cell
            painter.drawLine(
                QPointF(area.left() + at, area.top()), QPointF(area.left() + at, area.bottom())
            )
            painter.drawLine(
                QPointF(area.left(), area.top() + at), QPointF(area.right(), area.top() + at)
            )

    def _draw_names(self, painter: QPainter, area: QRectF) -> None:
        confusion, style = self._confusion, self._style
        if confusion is None:
            return
        font = style.font("small")
        lines = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(style.color("muted"))
        cell = area.width() / len(confusion.labels)
        head = QRectF(area.left(), 0, area.width(), 2 * GRID)
        painter.drawText(head, int(Qt.AlignmentFlag.AlignCenter), "Predicted")
        corner = QRectF(0, 0, area.left() - GRID, 2 * GRID)
        painter.drawText(corner, int(Qt.AlignmentFlag.AlignRight), "True")
        if cell < lines.height() - 3:
            return
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for index, label in enumerate(confusion.labels):
            row = QRectF(0, area.top() + index * cell, area.left() - GRID, cell)
            words = lines.elidedText(label, Qt.TextElideMode.ElideRight, row.width())
            painter.drawText(row, right, words)
            column = QRectF(area.left() + index * cell, area.bottom() + 2, cell, 2 * GRID)
            words = lines.elidedText(label, Qt.TextElideMode.ElideRight, column.width() - 2)
            painter.drawText(column, int(Qt.AlignmentFlag.AlignCenter), words)

    def _draw_numbers(self, painter: QPainter, area: QRectF) -> None:
        confusion = self._confusion
        if confusion is None:
            return
        font = self._style.font("small")
        lines = QFontMetricsF(font)
        cell = area.width() / len(confusion.labels)
        widest = "100" if self.normalized else str(max(map(max, confusion.counts)))
        if cell < lines.horizontalAdvance(widest) + TEXT_PADDING or cell < lines.height():
            return
        painter.setFont(font)
        dark_first = self._style.tokens.name == "dark"
        for row, counts in enumerate(confusion.counts):
            for column, count in enumerate(counts):
                if count:
                    share = float(self._shares[row, column])
                    strong = math.sqrt(share) * 0.92 > 0.55
                    painter.setPen(self._style.color("accent_text" if strong else "text"))
                    if strong and row != column and not dark_first:
                        painter.setPen(Qt.GlobalColor.white)
                    where = QRectF(area.left() + column * cell, area.top() + row * cell, cell, cell)
                    words = f"{share * 100:.0f}" if self.normalized else str(count)
                    painter.drawText(where, int(Qt.AlignmentFlag.AlignCenter), words)

    # ---- pointing -----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Answer a question for a tool tip with the cell's own sentence."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(event.pos())
            QToolTip.showText(event.globalPos(), words, self, QRect())
            return True
        return super().event(event)

    def words_at(self, where: QPoint) -> str:
        """What the cell at a point says; empty beside the matrix."""
        confusion, area = self._confusion, self._area()
        if confusion is None or not area.contains(QPointF(where)):
            return ""
        cell = area.width() / len(confusion.labels)
        row = min(int((where.y() - area.top()) / cell), len(confusion.labels) - 1)
        column = min(int((where.x() - area.left()) / cell), len(confusion.labels) - 1)
        count = confusion.counts[row][column]
        true, predicted = confusion.labels[row], confusion.labels[column]
        share = self._shares[row, column] * 100
        return f"True {true}, predicted {predicted}: {count} rows, {share:.1f} % of all {true}"


def _rgb(color: object) -> np.ndarray:
    return np.array([color.red(), color.green(), color.blue()], np.float64)  # type: ignore[attr-defined]

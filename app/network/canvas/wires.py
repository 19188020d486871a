"""Wires with their shapes, and the marks of a gesture under way. They draw and hit-test only."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.network.canvas.ink import Ink
from app.network.canvas.items import FAR, LEFT
from app.network.canvas.picture import Wire


class WireItem(QGraphicsItem):
    """One wire with the shape that flows through it.

    `track` is the x of its vertical part where it passes other ranks, None where it goes straight
    on.
    """

    def __init__(self, wire: Wire, ink: Ink) -> None:
        super().__init__()
        self.wire = wire
        self.ink = ink
        self.lit = False
        self._path = QPainterPath()
        self._bounds = QRectF()
        self._words_at = QPointF()
        self._side: Literal["right", "left", "along"] = "right"
        self._ends = (QPointF(), QPointF())
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption, enabled=True)
        self.setZValue(1)

    def show_wire(self, wire: Wire) -> None:
        """Show another shape on the same wire."""
        if wire.shape != self.wire.shape:
            self.prepareGeometryChange()
            self.wire = wire
            self._bound()
        self.wire = wire

    def route(self, start: QPointF, end: QPointF, track: float | None, *, outside: bool) -> None:
        """Lay the wire from port to port."""
        path = route(start, end, track)
        if path == self._path:
            return
        self.prepareGeometryChange()
        self._path, self._ends = path, (start, end)
        if track is None:
            self._side = "right"
            self._words_at = path.pointAtPercent(0.5)
        else:
            self._side = "left" if outside else "along"
            if abs(track - start.x()) < 1:
                self._side = "right"
            self._words_at = QPointF(track, (start.y() + end.y()) / 2)
        self._bound()

    def _bound(self) -> None:
        width = self.ink.small_lines.horizontalAdvance(self.wire.shape) + 16
        around = QRectF(
            self._words_at.x() - width, self._words_at.y() - width, 2 * width, 2 * width
        )
        self._bounds = self._path.controlPointRect().adjusted(-4, -4, 4, 4)
        if self.wire.shape:
            slim = around.adjusted(0, width - 10, 0, 10 - width)
            self._bounds |= around if self._side == "along" else slim

    def light(self, *, lit: bool) -> None:
        """Show that a gesture would end on this wire."""
        if lit != self.lit:
            self.lit = lit
            self.update()

    def boundingRect(self) -> QRectF:
        """The area it paints."""
        return self._bounds

    def shape(self) -> QPainterPath:
        """The area that takes the mouse."""
        return QPainterPath()  # wires are found by `near`, and never stand in the way of a node

    def near(self, point: QPointF, reach: float) -> bool:
        """Whether the wire passes within `reach` of a scene point."""
        if not self._bounds.adjusted(-reach, -reach, reach, reach).contains(point):
            return False
        steps = max(16, int(self._path.length() / reach) * 2)
        ways = (point - self._path.pointAtPercent(step / steps) for step in range(steps + 1))
        return any(way.manhattanLength() <= reach * 1.2 for way in ways)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw it."""
        painter.setPen(self.ink.wire_lit if self.lit else self.ink.wire)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if option.levelOfDetailFromTransform(painter.worldTransform()) < FAR:
            painter.drawLine(*self._ends) if self._side == "right" else painter.drawPath(self._path)
            return
        painter.drawPath(self._path)
        if self.wire.shape:
            self._paint_shape(painter)

    def _paint_shape(self, painter: QPainter) -> None:
        ink, words = self.ink, self.wire.shape
        width = ink.small_lines.horizontalAdvance(words)
        painter.setFont(ink.small)
        painter.setPen(ink.muted)
        if self._side == "along":
            painter.save()
            painter.translate(self._words_at)
            painter.rotate(-90)
            painter.fillRect(QRectF(-width / 2 - 4, -8, width + 8, 16), ink.canvas)
            painter.drawText(QRectF(-width / 2, -8, width + 1, 16), LEFT, words)
            painter.restore()
            return
        left = 9.0 if self._side == "right" else -width - 9
        where = QRectF(self._words_at.x() + left, self._words_at.y() - 9, width + 1, 18)
        painter.fillRect(where.adjusted(-3, 1, 3, -1), ink.canvas)
        painter.drawText(where, LEFT, words)


def route(start: QPointF, end: QPointF, track: float | None) -> QPainterPath:
    """The way of a wire: a soft curve, or curve, straight track and curve."""
    path = QPainterPath(start)
    if track is None:
        bend = max(14.0, min(60.0, abs(end.y() - start.y()) / 2))
        path.cubicTo(start + QPointF(0, bend), end - QPointF(0, bend), end)
        return path
    top, bottom = start.y() + 38, end.y() - 38
    path.cubicTo(start + QPointF(0, 22), QPointF(track, top - 22), QPointF(track, top))
    path.lineTo(track, bottom)
    path.cubicTo(QPointF(track, bottom + 22), end - QPointF(0, 22), end)
    return path


class MarkItem(QGraphicsItem):
    """The mark of a gesture under way: a loose wire, a landing line, or a rubber band."""

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self._path = QPainterPath()
        self._filled = False
        self.setZValue(9)
        self.setVisible(False)

    def show_path(self, path: QPainterPath, *, filled: bool = False) -> None:
        """Draw this path in the accent colour until `hide` is called."""
        self.prepareGeometryChange()
        self._path, self._filled = path, filled
        self.setVisible(True)

    def boundingRect(self) -> QRectF:
        """The area it paints."""
        return self._path.controlPointRect().adjusted(-6, -6, 6, 6)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw it."""
        painter.setPen(self.ink.wire_lit)
        painter.setBrush(self.ink.halo if self._filled else Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)

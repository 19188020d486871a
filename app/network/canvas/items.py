"""What lies on the canvas: nodes, wires, and marks of gestures. They draw and hit-test only.

No child items, no widgets, no text items: a node paints itself in one call, and below a zoom of
0.35 as one filled rectangle, which is what keeps thousands of them smooth.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.network.canvas.ink import ICON, Ink
from app.network.canvas.layout import NODE_HEIGHT, NODE_WIDTH
from app.network.canvas.picture import Card, Wire

FAR = 0.35
"""Below this zoom a node is a rectangle and a wire a line without words."""

PORT = 4.5
REACH = 12.0
RADIUS = 8.0
BADGE = 9.0
MARGIN = 14.0

Port = Literal["in", "out"]


class NodeItem(QGraphicsItem):
    """One card on the canvas. Its origin is the top left corner of its box."""

    def __init__(self, card: Card, ink: Ink) -> None:
        super().__init__()
        self.card = card
        self.ink = ink
        self.lit_port: Port | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable, enabled=True)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption, enabled=True)
        self.setZValue(2)
        self._follow()

    def show_card(self, card: Card) -> bool:
        """Show another card; return whether anything had to be drawn anew."""
        if card == self.card:
            return False
        drawn = _looks(card) != _looks(self.card)
        self.card = card
        if drawn:
            self._follow()
            self.update()
        return drawn

    def _follow(self) -> None:
        self.setToolTip(self.card.words or self._summary())

    def _summary(self) -> str:
        card = self.card
        lines = [card.title if card.title == card.kind else f"{card.title} ({card.kind})"]
        if card.note:
            lines.append(card.note)
        if card.parameters:
            lines.append(f"{card.parameters:,} parameters")
        if card.macs:
            lines.append(f"{card.macs:,} multiply-adds a sample")
        return "\n".join(lines)

    def boundingRect(self) -> QRectF:
        """The area it paints."""
        return QRectF(-MARGIN, -MARGIN, NODE_WIDTH + 2 * MARGIN, NODE_HEIGHT + 2 * MARGIN)

    def shape(self) -> QPainterPath:
        """The area that takes the mouse."""
        path = QPainterPath()
        path.addRect(-2, -REACH, NODE_WIDTH + 4, NODE_HEIGHT + 2 * REACH)
        return path

    def box(self) -> QRectF:
        """The visible box in scene coordinates."""
        return QRectF(self.pos().x(), self.pos().y(), NODE_WIDTH, NODE_HEIGHT)

    def port(self, point: QPointF) -> Port | None:
        """Which port lies under this scene point, if any."""
        for port in ("out", "in"):
            away = point - self.port_point(port)
            if self.has_port(port) and abs(away.x()) < REACH * 1.5 and abs(away.y()) < REACH:
                return port
        return None

    def has_port(self, port: Port) -> bool:
        """Inputs take nothing in, outputs give nothing out."""
        return self.card.role != ("input" if port == "in" else "output")

    def port_point(self, port: Port, slot: int = 0, slots: int = 1) -> QPointF:
        """The scene point of a port; several inputs lie side by side."""
        shift = (slot - (slots - 1) / 2) * min(36.0, 140.0 / slots)
        x = self.pos().x() + NODE_WIDTH / 2 + (shift if port == "in" else 0)
        return QPointF(x, self.pos().y() + (0 if port == "in" else NODE_HEIGHT))

    def light(self, port: Port | None) -> None:
        """Show that a gesture would end at this port."""
        if port != self.lit_port:
            self.lit_port = port
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw it."""
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        if zoom < FAR:
            self._paint_far(painter)
            return
        if self.card.role in ("input", "output"):
            self._paint_data(painter)
        else:
            self._paint_layer(painter)
        self._paint_ports(painter)
        if self.card.severity:
            self._paint_badge(painter)

    def _paint_far(self, painter: QPainter) -> None:
        box = QRectF(0, 0, NODE_WIDTH, NODE_HEIGHT)
        if self.card.severity == "error":
            brush = self.ink.bad
        elif self.isSelected():
            brush = self.ink.accent
        else:
            brush = self.ink.family(self.card.group)[0]
        painter.fillRect(box, brush)

    def _rim(self):
        if self.isSelected():
            return self.ink.selected
        if self.card.severity == "error":
            return self.ink.bad_rim
        return self.ink.warning_rim if self.card.severity else self.ink.rim

    def _paint_layer(self, painter: QPainter) -> None:
        ink, card = self.ink, self.card
        box = QRectF(0, 0, NODE_WIDTH, NODE_HEIGHT)
        painter.setPen(self._rim())
        painter.setBrush(ink.face)
        if card.role == "block":  # a pile of sheets says that there is more inside
            painter.drawRoundedRect(box.adjusted(8, 4, -8, 5), RADIUS, RADIUS)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        if self.isSelected():
            painter.fillRect(box.adjusted(2, 2, -2, -2), ink.halo)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.family(card.group)[1])
        painter.drawRoundedRect(QRectF(10, 11, 32, 32), 7, 7)
        painter.drawPixmap(
            QPointF(10 + (32 - ICON) / 2, 11 + (32 - ICON) / 2), ink.icon(card.group)
        )
        self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        ink, card = self.ink, self.card
        corner = _figure(card.parameters) if card.parameters else ""
        taken = ink.small_lines.horizontalAdvance(corner) + 8 if corner else 0
        left, width = 52.0, NODE_WIDTH - 62
        painter.setFont(ink.title)
        painter.setPen(ink.text)
        title = card.title + (f"  {card.repeat}" if card.repeat else "")
        second = self._second_line()
        top = 9 if second else (NODE_HEIGHT - 18) / 2  # a title alone stands in the middle
        self._words(painter, title, QRectF(left, top, width - taken, 18), ink.title_lines)
        painter.setFont(ink.small)
        painter.setPen(ink.muted)
        if corner:
            where = QRectF(NODE_WIDTH - 10 - taken, top, taken, 18)
            painter.drawText(where, _RIGHT, corner)
        self._words(painter, second, QRectF(left, 28, width, 16), ink.small_lines)

    def _second_line(self) -> str:
        card = self.card
        parts = [card.kind] if card.title != card.kind else []
        if card.role == "unknown":
            parts.append("unknown layer")
        if card.role == "block":
            parts.append(f"{card.layers} layers")
        if card.note:
            parts.append(card.note)
        return " · ".join(parts)

    def _words(self, painter: QPainter, words: str, where: QRectF, lines) -> None:
        shown = lines.elidedText(words, Qt.TextElideMode.ElideRight, where.width())
        painter.drawText(where, _LEFT, shown)

    def _paint_data(self, painter: QPainter) -> None:
        ink, card = self.ink, self.card
        _full, quiet = ink.family(card.group)
        box = QRectF(0, 0, NODE_WIDTH, NODE_HEIGHT).adjusted(16, 8, -16, -8)
        if card.role == "input":
            box.moveBottom(NODE_HEIGHT)
        else:
            box.moveTop(0)
        round_ = box.height() / 2
        painter.setPen(ink.selected if self.isSelected() else Qt.PenStyle.NoPen)
        painter.setBrush(ink.face)
        painter.drawRoundedRect(box, round_, round_)
        painter.setBrush(quiet)
        painter.drawRoundedRect(box, round_, round_)
        painter.drawPixmap(
            QPointF(box.left() + 12, box.center().y() - ICON / 2), ink.icon(card.group)
        )
        inner = box.adjusted(38, 0, -12, 0)
        note = card.shape or card.note
        painter.setFont(ink.small)
        painter.setPen(ink.muted)
        painter.drawText(inner, _RIGHT, note)
        inner.setRight(inner.right() - ink.small_lines.horizontalAdvance(note) - 8)
        painter.setFont(ink.title)
        painter.setPen(ink.text)
        self._words(painter, card.title, inner, ink.title_lines)

    def _paint_ports(self, painter: QPainter) -> None:
        for port in ("in", "out"):
            if not self.has_port(port):
                continue
            lit = self.lit_port == port
            painter.setPen(self.ink.selected if lit else self.ink.wire)
            painter.setBrush(self.ink.accent if lit else self.ink.face)
            size = PORT + 2.5 if lit else PORT
            painter.drawEllipse(self.port_point(port) - self.pos(), size, size)

    def _paint_badge(self, painter: QPainter) -> None:
        ink = self.ink
        centre = QPointF(NODE_WIDTH - 3, 3)
        painter.setPen(ink.on_badge)
        painter.setBrush(ink.bad if self.card.severity == "error" else ink.warning)
        painter.drawEllipse(centre, BADGE, BADGE)
        painter.drawLine(centre + QPointF(0, -4.2), centre + QPointF(0, 0.8))
        painter.drawPoint(centre + QPointF(0, 4.2))


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _looks(card: Card) -> tuple[object, ...]:
    return (
        card.role,
        card.title,
        card.kind,
        card.group,
        card.note,
        card.repeat,
        card.layers,
        card.shape,
        card.parameters,
        card.macs,
        card.severity,
        card.words,
    )


def _figure(count: int) -> str:
    """A count in at most four characters and a unit: 320, 9.25 k, 1.2 M."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= limit:
            return f"{count / limit:.3g} {unit}"
    return str(count)


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
            painter.drawText(QRectF(-width / 2, -8, width + 1, 16), _LEFT, words)
            painter.restore()
            return
        left = 9.0 if self._side == "right" else -width - 9
        where = QRectF(self._words_at.x() + left, self._words_at.y() - 9, width + 1, 18)
        painter.fillRect(where.adjusted(-3, 1, 3, -1), ink.canvas)
        painter.drawText(where, _LEFT, words)


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

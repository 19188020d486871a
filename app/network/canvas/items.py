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
from app.network.canvas.picture import Card
from app.network.canvas.roles import filled

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

    def port_words(self, point: QPointF) -> str:
        """What the port of an input under this scene point takes; "" where none has a role."""
        known = self.card.inputs
        slots = filled(known)
        ports = [self.port_point("in", at, max(1, len(slots))) for at in range(max(1, len(slots)))]
        away = [(abs(at.x() - point.x()), abs(at.y() - point.y())) for at in ports]
        across, along = min(away)
        if not known or along > REACH or across > REACH * 1.5:
            return ""
        lines = [each.title for each in known if not each.source]
        more = f"\nalso takes {', '.join(lines)}" if lines else ""
        return (slots[away.index((across, along))].words if slots else known[0].words) + more

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
            painter.drawText(where, RIGHT, corner)
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
        painter.drawText(where, LEFT, shown)

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
        painter.drawText(inner, RIGHT, note)
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
            slots = max(1, len(filled(self.card.inputs))) if port == "in" and not lit else 1
            for slot in range(slots):
                painter.drawEllipse(self.port_point(port, slot, slots) - self.pos(), size, size)

    def _paint_badge(self, painter: QPainter) -> None:
        ink = self.ink
        centre = QPointF(NODE_WIDTH - 3, 3)
        painter.setPen(ink.on_badge)
        painter.setBrush(ink.bad if self.card.severity == "error" else ink.warning)
        painter.drawEllipse(centre, BADGE, BADGE)
        painter.drawLine(centre + QPointF(0, -4.2), centre + QPointF(0, 0.8))
        painter.drawPoint(centre + QPointF(0, 4.2))


LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


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
        card.inputs,
    )


def _figure(count: int) -> str:
    """A count in at most four characters and a unit: 320, 9.25 k, 1.2 M."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= limit:
            return f"{count / limit:.3g} {unit}"
    return str(count)

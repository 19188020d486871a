"""Gestures as objects: each begins with a press, follows the mouse, and ends in one wish.

A gesture never changes the network. When it ends it tells the view what is wanted, and the room
turns that into a splice of the text. Escape cancels whatever is under way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QWidget

from app.network.canvas.items import NodeItem, Port
from app.network.canvas.layout import NODE_HEIGHT, NODE_WIDTH, RANK_GAP
from app.network.canvas.scene import CanvasScene
from app.network.canvas.wires import WireItem, route

START = 6
"""How many pixels the mouse moves before a press becomes a drag."""


@dataclass(frozen=True, slots=True)
class AddLayer:
    """Add `kind` at `index` of the list, or into the wire from key to key if there is one."""

    kind: str
    index: int
    wire: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class MoveLayer:
    """Move the item `key` so that it becomes number `index` of the list."""

    key: str
    index: int


@dataclass(frozen=True, slots=True)
class Connect:
    """Let what leaves `source` flow into `target`."""

    source: str
    target: str


Wish: TypeAlias = AddLayer | MoveLayer | Connect


class Surface(Protocol):
    """What a gesture needs of the view it is made on."""

    canvas: CanvasScene

    def mapToScene(self, point: QPoint, /) -> QPointF:
        """The scene point under a pixel."""
        ...

    def viewport(self) -> QWidget:
        """Where the mouse is."""
        ...

    def scroll_by(self, right: int, down: int) -> None:
        """Move the view over the canvas by pixels."""
        ...


class Gesture(Protocol):
    """What a gesture answers to; points are in the view's pixels."""

    def move(self, point: QPoint) -> None:
        """Follow the mouse."""
        ...

    def finish(self, point: QPoint) -> Wish | None:
        """End here; return what is wanted."""
        ...

    def cancel(self) -> None:
        """Leave everything as it was."""
        ...


class Pan:
    """Draw the canvas along with the mouse."""

    def __init__(self, view: Surface, point: QPoint) -> None:
        self._view = view
        self._last = point
        view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, point: QPoint) -> None:
        """Follow the mouse."""
        away = point - self._last
        self._last = point
        self._view.scroll_by(-away.x(), -away.y())

    def finish(self, point: QPoint) -> Wish | None:
        """End here; return what is wanted."""
        self.cancel()
        return None

    def cancel(self) -> None:
        """Leave everything as it was."""
        self._view.viewport().unsetCursor()


class Lasso:
    """Select what a rectangle touches; with Shift or Ctrl, beside what is selected already."""

    def __init__(self, view: Surface, point: QPoint, *, adding: bool) -> None:
        self._view = view
        self._from = view.mapToScene(point)
        self._kept = view.canvas.selected_keys() if adding else ()
        self._before = view.canvas.selected_keys()
        self._keys: tuple[str, ...] = self._kept

    def move(self, point: QPoint) -> None:
        """Follow the mouse."""
        area = QRectF(self._from, self._view.mapToScene(point)).normalized()
        path = QPainterPath()
        path.addRect(area)
        canvas = self._view.canvas
        canvas.mark.show_path(path, filled=True)
        hit = {i.card.key for i in canvas.items(area) if isinstance(i, NodeItem)}
        hit.update(self._kept)
        self._keys = tuple(c.key for c in canvas.picture.cards if c.key in hit)
        canvas.show_selected(self._keys)

    def finish(self, point: QPoint) -> Wish | None:
        """End here; return what is wanted."""
        self._view.canvas.mark.hide()
        self._view.canvas.show_selected(self._before)
        self._view.canvas.select(self._keys)
        return None

    def cancel(self) -> None:
        """Leave everything as it was."""
        self._view.canvas.mark.hide()
        self._view.canvas.show_selected(self._before)


class MoveNode:
    """Drag a node to another place of the list; a line shows where it lands."""

    def __init__(self, view: Surface, node: NodeItem, point: QPoint) -> None:
        self._view, self._node = view, node
        self._press = view.mapToScene(point)
        self._home = node.pos()
        self._index: int | None = None

    def move(self, point: QPoint) -> None:
        """Follow the mouse."""
        canvas, node = self._view.canvas, self._node
        there = self._view.mapToScene(point)
        node.setZValue(5)
        node.setOpacity(0.8)
        node.setPos(self._home + there - self._press)
        canvas.lay_around(node.card.key)
        self._index = None
        if node.card.index < 0:
            return
        landing = landing_at(self._view, there, leave_out=node.card.key)
        if landing.index is None:
            canvas.mark.hide()
            return
        self._index = landing.index - (1 if landing.index > node.card.index else 0)
        if self._index == node.card.index:
            canvas.mark.hide()
        else:
            canvas.mark.show_path(landing.line())

    def finish(self, point: QPoint) -> Wish | None:
        """End here; return what is wanted."""
        index, card = self._index, self._node.card
        self.cancel()
        if index is None or index == card.index:
            return None
        return MoveLayer(card.key, index)

    def cancel(self) -> None:
        """Leave everything as it was."""
        self._node.setZValue(2)
        self._node.setOpacity(1)
        self._node.setPos(self._home)
        self._view.canvas.lay_around(self._node.card.key)
        self._view.canvas.mark.hide()


class ConnectNodes:
    """Draw a wire from one port to a port of the other kind."""

    def __init__(self, view: Surface, node: NodeItem, port: Port) -> None:
        self._view, self._node = view, node
        self._port: Port = port
        self._goal: NodeItem | None = None

    def move(self, point: QPoint) -> None:
        """Follow the mouse."""
        there = self._view.mapToScene(point)
        goal = self._view.canvas.node_at(there)
        wanted: Port = "in" if self._port == "out" else "out"
        if goal is self._node or (goal and not goal.has_port(wanted)):
            goal = None
        self._light(goal, wanted)
        here = self._node.port_point(self._port)
        end = goal.port_point(wanted) if goal else there
        ends = (here, end) if self._port == "out" else (end, here)
        self._view.canvas.mark.show_path(route(*ends, None))

    def _light(self, goal: NodeItem | None, port: Port) -> None:
        if self._goal and self._goal is not goal:
            self._goal.light(None)
        if goal:
            goal.light(port)
        self._goal = goal

    def finish(self, point: QPoint) -> Wish | None:
        """End here; return what is wanted."""
        goal = self._goal
        self.cancel()
        if goal is None:
            return None
        ends = (self._node, goal) if self._port == "out" else (goal, self._node)
        return Connect(ends[0].card.key, ends[1].card.key)

    def cancel(self) -> None:
        """Leave everything as it was."""
        self._light(None, "in")
        self._view.canvas.mark.hide()


class DropLayer:
    """A layer on its way from the palette: onto a wire, between two nodes, or onto empty canvas."""

    def __init__(self, view: Surface, kind: str) -> None:
        self._view, self._kind = view, kind
        self._wire: WireItem | None = None
        self._index: int | None = None

    def move(self, point: QPoint) -> None:
        """Follow the mouse."""
        canvas = self._view.canvas
        there = self._view.mapToScene(point)
        wire = canvas.wire_at(there)
        if self._wire and self._wire is not wire:
            self._wire.light(lit=False)
        self._wire, self._index = wire, None
        canvas.mark.hide()
        if wire:
            wire.light(lit=True)
            return
        if canvas.network_rect().adjusted(-60, -30, 60, 30).contains(there):
            landing = landing_at(self._view, there)
            self._index = landing.index
            if landing.index is not None:
                canvas.mark.show_path(landing.line())

    def finish(self, point: QPoint) -> Wish | None:
        """End here; return what is wanted."""
        self.move(point)
        wire, index = self._wire, self._index
        self.cancel()
        end = len(self._view.canvas.picture.items)
        if wire is None:
            return AddLayer(self._kind, end if index is None else index)
        target = self._view.canvas.picture.card(wire.wire.target)
        if target is None or target.index < 0:
            return AddLayer(self._kind, end)
        return AddLayer(self._kind, target.index, (wire.wire.source, wire.wire.target))

    def cancel(self) -> None:
        """Leave everything as it was."""
        if self._wire:
            self._wire.light(lit=False)
        self._wire = None
        self._view.canvas.mark.hide()


@dataclass(frozen=True, slots=True)
class Landing:
    """Where in the list a point of the canvas lies, and where the line that says so is drawn."""

    index: int | None
    middle: QPointF = field(default_factory=QPointF)

    def line(self) -> QPainterPath:
        """A line as wide as a node."""
        path = QPainterPath(self.middle - QPointF(NODE_WIDTH / 2 + 12, 0))
        path.lineTo(self.middle + QPointF(NODE_WIDTH / 2 + 12, 0))
        return path


def landing_at(view: Surface, point: QPointF, leave_out: str = "") -> Landing:
    """Find the place of the list that a point means: below the node above it, same lane."""
    picture, places = view.canvas.picture, view.canvas.layout.places
    cards = [c for c in picture.cards if c.index >= 0 and c.key != leave_out]
    if not cards:
        return Landing(0 if not leave_out else None)
    lane = min((places[c.key] for c in cards), key=lambda p: abs(p.x + NODE_WIDTH / 2 - point.x()))
    column = [c for c in cards if places[c.key].lane == lane.lane]
    above = [c for c in column if places[c.key].y + NODE_HEIGHT / 2 <= point.y()]
    x = lane.x + NODE_WIDTH / 2
    if not above:
        first = column[0]
        return Landing(first.index, QPointF(x, places[first.key].y - RANK_GAP / 2))
    last = above[-1]
    return Landing(last.index + 1, QPointF(x, places[last.key].y + NODE_HEIGHT + RANK_GAP / 2))

"""A room in use, with the moves of a hand, on a small network with a block and a branch."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from app.network.canvas.view import KIND_MIME, CanvasView
from app.network.room import NetworkRoom
from app.project import Project

TEXT = """\
netwright: 1
# a small one 👕 for pictures
blocks:
  twice:
    params: {channels: null}
    layers:
      - conv2d: {out_channels: $channels, kernel_size: 3}
      - relu
model:
  - conv2d: {out_channels: 8, kernel_size: 3}  # first
    name: stem
  - relu
  - twice: {channels: 8}
    name: body
  - add: [stem, body]
  # the head
  - global_avg_pool
  - linear: auto
"""


@dataclass
class Bench:
    """A room in use, with the moves of a hand."""

    project: Project
    room: NetworkRoom

    @property
    def view(self) -> CanvasView:
        return self.room.canvas.view

    @property
    def keys(self) -> list[str]:
        return [card.key for card in self.room.picture.cards if card.index >= 0]

    def settle(self) -> None:
        QApplication.processEvents()

    def at(self, key: str, port: str = "") -> QPoint:
        """Where a node, or one of its ports, is on the screen."""
        node = self.view.canvas.nodes[key]
        point = node.port_point(port) if port in ("in", "out") else node.box().center()
        return self.view.mapFromScene(point)

    def mouse(self, kind: QMouseEvent.Type, point: QPoint, *, down: bool = True) -> None:
        left = Qt.MouseButton.LeftButton
        place = QPointF(point)
        event = QMouseEvent(
            kind, place, self.view.viewport().mapToGlobal(place),
            Qt.MouseButton.NoButton if kind == QMouseEvent.Type.MouseMove else left,
            left if down else Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(self.view.viewport(), event)

    def press(self, point: QPoint) -> None:
        self.view.setFocus()
        self.mouse(QMouseEvent.Type.MouseButtonPress, point)

    def drag(self, begin: QPoint, end: QPoint) -> None:
        """Press, move in steps, release."""
        self.press(begin)
        for step in range(1, 9):
            self.mouse(QMouseEvent.Type.MouseMove, begin + (end - begin) * step / 8)
        self.mouse(QMouseEvent.Type.MouseButtonRelease, end, down=False)
        self.settle()

    def click(self, key: str) -> None:
        self.press(self.at(key))
        self.mouse(QMouseEvent.Type.MouseButtonRelease, self.at(key), down=False)
        self.settle()

    def drop(self, kind: str, point: QPoint) -> None:
        """Drag a row of the palette's own model to a place and let it go."""
        carried = self.carried(kind)
        move, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        none, target = Qt.KeyboardModifier.NoModifier, self.view.viewport()
        for event in (
            QDragEnterEvent(point, move, carried, buttons, none),
            QDragMoveEvent(point, move, carried, buttons, none),
            QDropEvent(QPointF(point), move, carried, buttons, none),
        ):
            QApplication.sendEvent(target, event)
        self.settle()

    def carried(self, kind: str) -> QMimeData:
        model = self.room.palette_pane.list.kinds
        index = next(
            model.index(row)
            for row in range(model.rowCount())
            if model.entry(model.index(row)) and model.index(row).data() == kind
        )
        data = model.mimeData([index])
        assert bytes(data.data(KIND_MIME).data()).decode() == kind
        return data

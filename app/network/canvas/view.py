"""The canvas as a widget: zoom, pan, keys, drops, and the gestures begun on it.

It shows one `CanvasScene` and asks for changes by signals; what they mean for the text is the
room's matter. Everything can be done by keyboard: the arrows go from node to node, a letter opens
the search box.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from app.network.canvas.items import NodeItem
from app.network.canvas.layout import nearest
from app.network.canvas.scene import CanvasScene
from app.network.canvas.tools import (
    START,
    ConnectNodes,
    DropLayer,
    Gesture,
    Lasso,
    MoveNode,
    Pan,
)
from app.style import Style

KIND_MIME = "application/x-netwright-kind"
"""What a drag from the palette carries: the name of a kind or block."""

LEAST_ZOOM, MOST_ZOOM = 0.02, 3.0
STEP = 1.2
CONTROLS = 52
"""Pixels at the bottom of the view where the zoom buttons lie: nothing is brought to rest there."""

READABLE = 0.7
"""A network is shown whole if that takes no smaller zoom than this."""


class CanvasView(QGraphicsView):
    """Shows the network and takes gestures.

    Signals:
        wished: a gesture ended in a wish (see `tools.Wish`). opened: a node was double-clicked or
        entered with Return. search_wanted: the user began to type a layer's name (the first
        letters). zoomed: the scale is another one.
    """

    wished = Signal(object)
    opened = Signal(str)
    search_wanted = Signal(str)
    zoomed = Signal(float)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = CanvasScene(style, self)
        self.setScene(self.canvas)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptDrops(True)
        self.setMouseTracking(False)
        self.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Network canvas")
        self._gesture: Gesture | None = None
        self._pressed: tuple[QPoint, NodeItem | None] | None = None
        self._drop: DropLayer | None = None
        self._space = False
        self._untouched = False
        self.locked = False
        self.covered = 0
        """Pixels at the top of the view over which something lies: the tabs of the models."""

    # ---- looking -----------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """The scale: 1 is life size."""
        return self.transform().m11()

    def set_zoom(self, zoom: float) -> None:
        """Show at this scale, held within what makes sense."""
        self._untouched = False
        factor = min(max(zoom, LEAST_ZOOM), MOST_ZOOM) / self.zoom
        self.scale(factor, factor)
        self.zoomed.emit(self.zoom)

    def zoom_in(self) -> None:
        """One step nearer."""
        self.set_zoom(self.zoom * STEP)

    def zoom_out(self) -> None:
        """One step away."""
        self.set_zoom(self.zoom / STEP)

    def zoom_to_life_size(self) -> None:
        """Show at 100 %, the selection in the middle."""
        self.set_zoom(1.0)
        self.reveal_selected()

    def fit(self) -> None:
        """Show the whole network, never larger than life."""
        area, room = self.canvas.network_rect().adjusted(-48, -40, 48, 40), self._free()
        zoom = min(room.width() / area.width(), room.height() / area.height(), 1.0)
        self.set_zoom(zoom)
        self._center(area)

    def _free(self) -> QRect:
        """The part of the view where no buttons lie."""
        return self.viewport().rect().adjusted(0, self.covered, 0, -CONTROLS)

    def _center(self, area: QRectF) -> None:
        """Put an area of the scene in the middle of what is free."""
        shift = (CONTROLS - self.covered) / 2 / self.zoom
        self.centerOn(area.center().x(), area.center().y() + shift)

    def show_top(self) -> None:
        """Show all of the network if it can be read then, else its beginning."""
        area, room = self.canvas.network_rect().adjusted(-48, -32, 48, 32), self._free()
        whole = min(room.width() / area.width(), room.height() / area.height())
        self.set_zoom(min(1.0, whole if whole >= READABLE else room.width() / area.width()))
        if whole < READABLE:
            area.setHeight(room.height() / self.zoom)
        self._center(area)
        self._untouched = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the beginning until the user has looked somewhere else."""
        super().resizeEvent(event)
        if self._untouched:
            self.show_top()

    def reveal_selected(self) -> None:
        """Bring the first selected node into view."""
        keys = self.canvas.selected_keys()
        if keys:
            box = self.canvas.nodes[keys[0]].box()
            self.ensureVisible(box.adjusted(0, -20, 0, CONTROLS / self.zoom), 24, 24)

    def scroll_by(self, right: int, down: int) -> None:
        """Move the view over the canvas by pixels."""
        self._untouched = False
        across, along = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + right)
        along.setValue(along.value() + down)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom; with Shift or Alt, scroll."""
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.scroll_by(-turned.y() or -turned.x(), 0)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.scroll_by(0, -turned.x() or -turned.y())
        elif turned.y():
            self.set_zoom(self.zoom * STEP ** (turned.y() / 120))
        event.accept()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Dim the picture while it cannot be edited."""
        if self.locked:  # the last good picture, dimmed
            veil = QColor(self.canvas.ink.canvas)
            veil.setAlphaF(0.62)
            painter.fillRect(rect, veil)

    # ---- mouse -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture, or select."""
        point = event.position().toPoint()
        self.cancel()
        if event.button() == Qt.MouseButton.MiddleButton or self._space:
            self._gesture = Pan(self, point)
            return
        node = self.canvas.node_at(self.mapToScene(point))
        if event.button() == Qt.MouseButton.RightButton and node and not node.isSelected():
            self.canvas.select((node.card.key,))  # the menu is about what lies under the mouse
        if event.button() != Qt.MouseButton.LeftButton:
            return
        adding = bool(event.modifiers() & _ADDING)
        self._pressed = (point, node)
        if node is None:
            if not adding:
                self.canvas.select(())
            self._gesture = Lasso(self, point, adding=adding)
            return
        port = node.port(self.mapToScene(point))
        if port and not self.locked:
            self._gesture = ConnectNodes(self, node, port)
        else:
            self._select(node.card.key, adding=adding)

    def _select(self, key: str, *, adding: bool) -> None:
        chosen = self.canvas.selected_keys()
        if not adding:
            self.canvas.select((key,))
        elif key in chosen:
            self.canvas.select(tuple(k for k in chosen if k != key))
        else:
            self.canvas.select((*chosen, key))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the gesture."""
        point = event.position().toPoint()
        if self._gesture is None and self._pressed and not self.locked:
            begun, node = self._pressed
            if node and (point - begun).manhattanLength() >= START and node.card.index >= 0:
                self._gesture = MoveNode(self, node, begun)
        if self._gesture:
            self._gesture.move(point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        gesture, pressed = self._gesture, self._pressed
        self._gesture = self._pressed = None
        if gesture is None:
            return
        point = event.position().toPoint()
        clicked = pressed and (point - pressed[0]).manhattanLength() < START
        if isinstance(gesture, ConnectNodes) and clicked and pressed and pressed[1]:
            gesture.cancel()  # a click on a port, not a wire
            self._select(pressed[1].card.key, adding=bool(event.modifiers() & _ADDING))
            return
        self._wish(gesture.finish(point))

    def _wish(self, wish: object) -> None:
        if wish is not None and not self.locked:
            self.wished.emit(wish)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open what lies there."""
        node = self.canvas.node_at(self.mapToScene(event.position().toPoint()))
        if node:
            self.opened.emit(node.card.key)

    def cancel(self) -> None:
        """Break off the gesture that is under way."""
        if self._gesture:
            self._gesture.cancel()
        self._gesture = self._pressed = None

    # ---- drops from the palette ----------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a kind from the palette."""
        if self.locked or not event.mimeData().hasFormat(KIND_MIME):
            event.ignore()
            return
        kind = bytes(event.mimeData().data(KIND_MIME).data()).decode()
        self._drop = DropLayer(self, kind)
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where it would land."""
        if self._drop:
            self._drop.move(event.position().toPoint())
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget it."""
        if self._drop:
            self._drop.cancel()
        self._drop = None

    def dropEvent(self, event: QDropEvent) -> None:
        """Wish for it here."""
        drop, self._drop = self._drop, None
        if drop:
            event.acceptProposedAction()
            self._wish(drop.finish(event.position().toPoint()))
            self.setFocus()

    # ---- keys --------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Take keys before Qt does something else with them."""
        key = event.key() if isinstance(event, QKeyEvent) else None
        if key == Qt.Key.Key_Tab and event.type() == QEvent.Type.KeyPress:  # else the focus moves
            self.search_wanted.emit("")
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a key."""
        key, bare = event.key(), not event.modifiers() & ~_QUIET
        if key in _STEPS and bare:
            self._step(key)
        elif key == Qt.Key.Key_Space and bare:
            self._begin_space(event)
        elif key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.search_wanted.emit("")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.canvas.selected_keys():
            self.opened.emit(self.canvas.selected_keys()[0])
        elif key == Qt.Key.Key_Escape:
            self.cancel()
            self.canvas.select(())
        elif key == Qt.Key.Key_F and bare:
            self.fit()
        elif bare and event.text().isalpha():
            self.search_wanted.emit(event.text())
        else:
            super().keyPressEvent(event)

    def _begin_space(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._space = True
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End drawing with the space bar."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.viewport().unsetCursor()
        super().keyReleaseEvent(event)

    def _step(self, key: int) -> None:
        """Go to the nearest node in the direction of an arrow key."""
        chosen = self.canvas.selected_keys()
        if not chosen:
            first = next((c.key for c in self.canvas.picture.cards if c.index >= 0), None)
        else:
            here = chosen[-1] if key == Qt.Key.Key_Down else chosen[0]
            first = nearest(self.canvas.layout.places, here, *_STEPS[Qt.Key(key)])
        if first:
            self._go(first)

    def _go(self, key: str) -> None:
        self.canvas.select((key,))
        self.reveal_selected()


_ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
_QUIET = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
_STEPS = {
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
}

"""The canvas with what lies over it: breadcrumb, zoom buttons, search box, words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.network.canvas.picture import Picture
from app.network.canvas.scopes import is_block, title
from app.network.canvas.view import CanvasView
from app.network.kinds import Entry
from app.network.models_bar import ModelsBar
from app.network.palette import KindList, SearchLine
from app.style import Style, set_role

EMPTY = "Drag a layer here or press Tab"


class SearchBox(QFrame):
    """Type a layer's name, press Return. `picked` carries the name."""

    picked = Signal(str)

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._panel = parent
        set_role(self, "card")
        self.list = KindList(style, headings=False, parent=self)
        self.list.setAccessibleName("Matching layers")
        self.line = SearchLine(self.list, self)
        self.line.setPlaceholderText("Add a layer")
        self.line.setAccessibleName("Add a layer")
        self.line.left.connect(self.leave)
        self.list.picked.connect(self._take)
        self.list.clicked.connect(self.list.pick_current)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.resize(300, 320)
        self.hide()
        self.line.installEventFilter(self)

    def ask(self, typed: str, where: QPoint) -> None:
        """Open at a point of the parent, with the first letters typed."""
        room = self._panel.rect()
        self.move(
            max(8, min(where.x(), room.width() - self.width() - 8)),
            max(8, min(where.y(), room.height() - self.height() - 8)),
        )
        self.line.setText(typed)
        self.list.choose_first()
        self.show()
        self.raise_()
        self.line.setFocus()

    def leave(self) -> None:
        """Close without adding anything."""
        self.hide()
        self._panel.setFocus()

    def _take(self, kind: str) -> None:
        self.leave()
        self.line.clear()
        self.picked.emit(kind)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close when the keyboard goes elsewhere."""
        if event.type() == QEvent.Type.FocusOut and not self.list.hasFocus():
            self.hide()
        return super().eventFilter(watched, event)


class CanvasPanel(QWidget):
    """The canvas pane. `scope_wanted` asks for a model, or by "" for the one it came from."""

    scope_wanted = Signal(str)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = CanvasView(style, self)
        self.setFocusProxy(self.view)
        self.search = SearchBox(style, self)
        self.crumbs = _Crumbs(style, self)
        self.crumbs.model.clicked.connect(self._leave_block)
        self.models = ModelsBar(style, self)
        self.models.wanted.connect(self.scope_wanted)
        self._words = QLabel("", self)
        self._words.setMinimumHeight(26)
        set_role(self._words, "chip-bad")
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._empty = QLabel(EMPTY, self)
        set_role(self._empty, "heading")
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._empty_more = QLabel("", self)
        set_role(self._empty_more, "muted")
        self._empty_more.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._zoom = _ZoomBar(style, self.view, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        for over in (
            self.models,
            self.crumbs,
            self._words,
            self._empty,
            self._empty_more,
            self._zoom,
        ):
            over.raise_()
        self._fresh = True
        self.view.search_wanted.connect(self.ask_for_layer)
        self._words.hide()

    def start_anew(self) -> None:
        """Another document is open: show its beginning with the next picture."""
        self._fresh = True

    def _leave_block(self) -> None:
        self.scope_wanted.emit("")

    def set_known(self, known: tuple[Entry, ...]) -> None:
        """Offer these layers in the search box."""
        self.search.list.kinds.set_known(known)

    def ask_for_layer(self, typed: str = "") -> None:
        """Open the search box beside the selection."""
        if self.view.locked:
            return
        keys = self.view.canvas.selected_keys()
        where = QPoint(self.width() // 2 - 150, self.height() // 3)
        if keys:
            box = self.view.canvas.nodes[keys[-1]].box()
            where = self.view.mapFromScene(box.bottomRight()) + QPoint(12, -40)
            left = self.view.mapFromScene(box.bottomLeft()).x() - self.search.width() - 12
            if where.x() + self.search.width() > self.width() and left > 0:
                where.setX(left)
        self.search.ask(typed, where)

    def show_models(self, models: tuple[str, ...], home: str) -> None:
        """Offer the scopes of several models; `home` is the one that is open or was left last."""
        self.models.show_models(models, home)
        self.crumbs.model.setText(title(home) or "network")
        self.view.covered = self.models.sizeHint().height() if models else 0

    def show_picture(self, picture: Picture, empty: str = "") -> None:
        """Show the network as it is."""
        other = picture.scope != self.view.canvas.picture.scope or self._fresh
        self.view.canvas.show_picture(picture)
        self._lock(locked=False)
        self.crumbs.show_scope(picture.scope if is_block(picture.scope) else "")
        self._empty.setVisible(not picture.items)
        self._empty_more.setText(empty)
        self._empty_more.setVisible(not picture.items and bool(empty))
        if other:
            self._fresh = False
            self.view.show_top()
        self._arrange()

    def show_unreadable(self, words: str) -> None:
        """Keep the last good picture, dimmed, and say what is the matter."""
        self._words.setText(words)
        self._lock(locked=True)
        self._empty.hide()
        self._empty_more.hide()
        self._arrange()

    def _lock(self, *, locked: bool) -> None:
        if locked == self.view.locked:
            return
        self.view.cancel()
        self.view.locked = locked
        self._words.setVisible(locked)
        self.view.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep everything in its place."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        for label in (self._words, self._empty, self._empty_more):
            label.adjustSize()
        middle = self.rect().center()
        self._words.move(middle.x() - self._words.width() // 2, 16)
        self._empty.move(middle.x() - self._empty.width() // 2, self.height() * 2 // 3)
        below = self._empty.geometry().bottom() + 8
        self._empty_more.move(middle.x() - self._empty_more.width() // 2, below)
        self.models.adjustSize()
        self.models.move(12, 12)
        self.crumbs.adjustSize()
        after = self.models.geometry().right() + 8 if not self.models.isHidden() else 0
        beside = after + self.crumbs.width() < self.width()
        below = self.models.geometry().bottom() + 8
        self.crumbs.move(max(12, after) if beside else 12, 12 if beside else below)
        self._zoom.adjustSize()
        self._zoom.move(
            self.width() - self._zoom.width() - 12, self.height() - self._zoom.height() - 12
        )


class _Crumbs(QFrame):
    """Where the canvas is: the network, or a block in it."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 12, 2)
        row.setSpacing(4)
        self.model = QPushButton("network")
        set_role(self.model, "link")
        self.model.setToolTip("Back to the whole network")
        self.model.setCursor(Qt.CursorShape.PointingHandCursor)
        self._slash = QLabel("/")
        set_role(self._slash, "muted")
        self._block = QLabel("")
        set_role(self._block, "strong")
        for part in (self.model, self._slash, self._block):
            row.addWidget(part)
        self.hide()

    def show_scope(self, scope: str) -> None:
        self._block.setText(scope)
        self.setVisible(bool(scope))


class _ZoomBar(QFrame):
    """Buttons to look nearer, farther, at everything, and at life size."""

    def __init__(self, style: Style, view: CanvasView, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(2)
        self._size = QToolButton()
        self._size.setText("100 %")
        self._size.setToolTip("Show at 100 % (Ctrl+0)")
        self._size.setMinimumWidth(56)
        self._size.clicked.connect(view.zoom_to_life_size)
        for icon, words, slot in (
            ("minus", "Zoom out", view.zoom_out),
            ("", "", None),
            ("plus", "Zoom in", view.zoom_in),
            ("fit", "Fit the whole network (F)", view.fit),
        ):
            if slot is None:
                row.addWidget(self._size)
                continue
            button = QToolButton()
            style.set_icon(button, icon)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(slot)
            row.addWidget(button)
        for button in self.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.zoomed.connect(self._show_zoom)

    def _show_zoom(self, zoom: float) -> None:
        self._size.setText(f"{zoom * 100:.0f} %")

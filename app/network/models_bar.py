"""One tab for each of several models, over the canvas; nothing where there is only one.

Beside the tabs are buttons that add a model and take one out; a tab is renamed in its place, by a
double-click or F2.
"""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QTabBar, QToolButton, QWidget

from app.network.canvas.scopes import title
from app.style import Style, set_role

LEAST_FIELD = 120


class NameField(QLineEdit):
    """A tab's name being written. `written` carries it, on Return or when the keyboard leaves."""

    written = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes the name, Escape forgets it."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what is written when the keyboard goes elsewhere."""
        super().focusOutEvent(event)
        self._take()

    def _take(self) -> None:
        if self.isVisible():
            self.hide()
            self.written.emit(self.text().strip())


class ModelsBar(QFrame):
    """Which model the canvas shows.

    Signals:
        wanted: carries the scope of the one that was chosen. added: one more is wished for.
        removed: carries the name of the one to take out. renamed: carries the old name and the new.
    """

    wanted = Signal(str)
    added = Signal()
    removed = Signal(str)
    renamed = Signal(str, str)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._scopes: tuple[str, ...] = ()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Models")
        self.tabs.setToolTip(
            "The models of this spec (Ctrl+Page Down, Ctrl+Page Up); F2 renames one"
        )
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.tabBarClicked.connect(self._choose)
        self.tabs.currentChanged.connect(self._choose)
        self.tabs.tabBarDoubleClicked.connect(self.edit_name)
        rename = QShortcut(QKeySequence("F2"), self.tabs)
        rename.setContext(Qt.ShortcutContext.WidgetShortcut)
        rename.activated.connect(self.edit_name)
        self.field = NameField(self.tabs)
        self.field.setAccessibleName("Name of this model")
        self.field.written.connect(self._rename)
        self.field.hide()
        self.add = self._button(style, "plus", "Add a model", self.added.emit)
        self.remove = self._button(style, "minus", "Remove this model", self._remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(2)
        for part in (self.tabs, self.add, self.remove):
            row.addWidget(part)
        self.hide()

    def _button(self, style: Style, icon: str, words: str, slot) -> QToolButton:
        button = QToolButton()
        button.setIconSize(QSize(16, 16))
        style.set_icon(button, icon)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.clicked.connect(slot)
        return button

    def edit_name(self, index: int = -1) -> None:
        """Let a name be written in the place of its tab, that of the current one by itself."""
        index = self.tabs.currentIndex() if index < 0 else index
        area = self.tabs.tabRect(index).adjusted(2, 2, -2, -2)
        area.setWidth(max(area.width(), min(LEAST_FIELD, self.tabs.width() - area.left())))
        self.field.setGeometry(area)
        self.field.setText(self.tabs.tabText(index))
        self.field.selectAll()
        self.field.show()
        self.field.setFocus()

    def _rename(self, new: str) -> None:
        old = self.tabs.tabText(self.tabs.currentIndex())
        if new and new != old:
            self.renamed.emit(old, new)
        self.tabs.setFocus()

    def _remove(self) -> None:
        self.removed.emit(self.tabs.tabText(self.tabs.currentIndex()))

    def show_models(self, scopes: tuple[str, ...], current: str) -> None:
        """Show these, the current one marked; it stays marked while one of its blocks is open."""
        with QSignalBlocker(self.tabs):
            if scopes != self._scopes:
                self._scopes = scopes
                while self.tabs.count():
                    self.tabs.removeTab(0)
                for scope in scopes:
                    self.tabs.addTab(title(scope))
            if current in scopes:
                self.tabs.setCurrentIndex(scopes.index(current))
        self.remove.setEnabled(len(scopes) > 1)
        self.setVisible(bool(scopes))

    def go_on(self) -> None:
        """Show the next model, after the last one the first."""
        self._step(1)

    def go_back(self) -> None:
        """Show the model before, before the first one the last."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self._scopes:
            self._choose((self.tabs.currentIndex() + by) % len(self._scopes))

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._scopes):
            self.wanted.emit(self._scopes[index])

"""One tab for each of several models, over the canvas; nothing where there is only one."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabBar, QWidget

from app.network.canvas.scopes import title
from app.style import set_role


class ModelsBar(QFrame):
    """Which model the canvas shows. `wanted` carries the scope of the one that was chosen."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._scopes: tuple[str, ...] = ()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Models")
        self.tabs.setToolTip("The models of this spec (Ctrl+Page Down, Ctrl+Page Up)")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.tabBarClicked.connect(self._choose)
        self.tabs.currentChanged.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.addWidget(self.tabs)
        self.hide()

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

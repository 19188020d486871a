"""The rail on the left: one button a room, in the order of a user's day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from app.style import GRID, Style, set_role


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the window. `make` builds it when it is entered for the first time."""

    name: str
    words: str
    icon: str
    tip: str
    make: Callable[[], QWidget]


class Rail(QFrame):
    """The buttons; exactly one of them is down."""

    chosen = Signal(str)
    """The user wishes to go to the room of that name."""

    def __init__(self, rooms: tuple[Room, ...], style: Style, parent: QWidget | None = None):
        super().__init__(parent)
        set_role(self, "rail")
        self.setFixedWidth(11 * GRID)
        self._style = style
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 2)
        for room in rooms:
            column.addWidget(self._add(room))
        column.addStretch(1)
        style.changed.connect(self._tint)

    def show_room(self, name: str) -> None:
        """Let the button of that room be down."""
        self._buttons[name].setChecked(True)
        self._tint()

    def button(self, name: str) -> QToolButton:
        """The button of a room."""
        return self._buttons[name]

    def _add(self, room: Room) -> QToolButton:
        button = QToolButton()
        button.setObjectName(room.name)
        button.setProperty("icon_name", room.icon)
        button.setText(room.words)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(f"{room.tip} (Ctrl+{len(self._buttons) + 1})")
        button.setAccessibleName(f"{room.words} room")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(24, 24))
        button.setFixedSize(9 * GRID - 2, 8 * GRID)
        set_role(button, "rail")
        button.clicked.connect(self._choose)
        self._group.addButton(button)
        self._buttons[room.name] = button
        button.setIcon(self._style.icon(room.icon))
        return button

    def _choose(self) -> None:
        self._tint()
        for name, button in self._buttons.items():
            if button.isChecked():
                self.chosen.emit(name)

    def _tint(self) -> None:
        for button in self._buttons.values():
            color = "accent" if button.isChecked() else "muted"
            button.setIcon(self._style.icon(button.property("icon_name"), color))

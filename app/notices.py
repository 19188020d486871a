"""Slim bars above the room that tell something without stopping anybody: no message boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.style import GRID, Style, set_role

Severity = Literal["note", "good", "warning", "error"]
Offer = tuple[str, Callable[[], object]]
"""A button: its words and what it does. The notice goes when it is pressed."""

MOST = 3
STAYS_MS = 10_000
_COLORS = {"note": "accent", "good": "good", "warning": "warning", "error": "bad"}


class Notice(QFrame):
    """One bar: an icon, a sentence, perhaps buttons, and a cross.

    `vacated`: it leaves while it has the keyboard, which has to go somewhere.
    """

    vacated = Signal()

    def __init__(
        self, style: Style, severity: Severity, text: str, offers: Sequence[Offer]
    ) -> None:
        super().__init__()
        self.text = text
        self.severity = severity
        set_role(self, f"notice-{severity}")
        self.setAccessibleName(text)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        icon = QLabel()
        icon.setPixmap(style.pixmap(severity, 18, _COLORS[severity], self.devicePixelRatioF()))
        words = self._words = QLabel(text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(icon)
        row.addWidget(words, 1)
        for label, action in offers:
            row.addWidget(self._button(label, action))
        row.addWidget(self._cross(style))

    def add(self, widget: QWidget) -> None:
        """Put a control of your own after the sentence."""
        self._row.insertWidget(self._row.indexOf(self._words) + 1, widget)

    def leave_after(self, milliseconds: int) -> None:
        """Go away by itself."""
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(self.leave)
        timer.start()

    def leave(self) -> None:
        """Go away."""
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.vacated.emit()
        self.hide()
        self.setParent(None)
        self.deleteLater()

    def _button(self, label: str, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(label)
        set_role(button, "link")
        button.clicked.connect(action)
        button.clicked.connect(self.leave)
        return button

    def _cross(self, style: Style) -> QToolButton:
        cross = QToolButton()
        style.set_icon(cross, "close")
        cross.setAccessibleName("Dismiss this notice")
        cross.setToolTip("Dismiss")
        cross.clicked.connect(self.leave)
        return cross


class Notices(QWidget):
    """The place for notices: the newest on top, a few at most, one for each `key`.

    `vacated`: the one that leaves has the keyboard, which has to go somewhere.
    """

    vacated = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def post(
        self, severity: Severity, text: str, *, key: str = "", offers: Sequence[Offer] = ()
    ) -> Notice:
        """Show a sentence. A later one with the same `key` takes its place.

        What is good or merely to be known leaves by itself; warnings, errors and whatever has
        buttons stay until they are dismissed.
        """
        self.withdraw(key or text)
        notice = Notice(self._style, severity, text, offers)
        notice.setObjectName(key or text)
        notice.vacated.connect(self.vacated)
        self._column.insertWidget(0, notice)
        for old in self.shown()[MOST:]:
            old.leave()
        if severity in {"note", "good"} and not offers:
            notice.leave_after(STAYS_MS)
        return notice

    def withdraw(self, key: str) -> None:
        """Take the notice of that key away, if it is shown."""
        for notice in self.shown():
            if notice.objectName() == key:
                notice.leave()

    def shown(self) -> list[Notice]:
        """The notices to be seen, newest first."""
        items = (self._column.itemAt(index) for index in range(self._column.count()))
        return [widget for item in items if item and isinstance(widget := item.widget(), Notice)]

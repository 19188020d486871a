"""The margin of the editor: line numbers, and a dot on lines with problems."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.style import Style
from nnspec.problems import Problem


class LineNumbers(QWidget):
    """The margin: line numbers, and a dot on lines with problems."""

    def __init__(
        self,
        editor: QPlainTextEdit,
        style: Style,
        lines: Callable[[], Sequence[tuple[int, QRect]]],
        problems: Callable[[int], Sequence[Problem]],
    ) -> None:
        super().__init__(editor)
        self._editor, self._style = editor, style
        self._lines, self._problems = lines, problems

    def sizeHint(self) -> QSize:
        """Wide enough for the last line's number."""
        digits = max(2, len(str(self._editor.blockCount())))
        return QSize(28 + self._editor.fontMetrics().horizontalAdvance("0") * digits, 0)

    def follow(self, area: QRect, scrolled: int) -> None:
        """Scroll and repaint along with the text."""
        if scrolled:
            self.scroll(0, scrolled)
        else:
            self.update(0, area.y(), self.width(), area.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the numbers of the lines that can be seen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self._style.color("surface"))
        painter.setFont(self._editor.font())
        current = self._editor.textCursor().blockNumber() + 1
        for number, area in self._lines():
            painter.setPen(self._style.color("text" if number == current else "faint"))
            where = QRect(0, area.top(), self.width() - 10, area.height())
            painter.drawText(where, Qt.AlignmentFlag.AlignRight, str(number))
            found = self._problems(number)
            if found:
                worst = "bad" if any(p.severity == "error" for p in found) else "warning"
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._style.color(worst))
                painter.drawEllipse(QPoint(9, area.center().y()), 3, 3)
        painter.end()

"""How the machine fares: one row a quantity, its value and the last minutes as a small curve."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.style import GRID, Style, set_role
from app.words import bytes_words
from trainers.events import MachineSampled

NO_GPU = "No GPU found: training on the CPU"
MOST_POINTS = 120


class Sparkline(QWidget):
    """Shares from 0 to 1, oldest first."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._shares: tuple[float, ...] = ()
        self.setFixedHeight(3 * GRID)
        self.setMinimumWidth(8 * GRID)
        style.changed.connect(self.update)

    def set_shares(self, shares: Sequence[float]) -> None:
        """Show these; only the newest that fit are kept."""
        self._shares = tuple(shares[-MOST_POINTS:])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the curve over a quiet ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height, width = self.height() - 2, self.width()
        painter.fillRect(self.rect(), self._style.color("sunken"))
        if self._shares:
            step = width / max(1, MOST_POINTS - 1)
            left = width - step * (len(self._shares) - 1)
            points = [
                QPointF(left + i * step, 1 + height * (1 - min(1.0, max(0.0, share))))
                for i, share in enumerate(self._shares)
            ]
            line = QPainterPath(points[0])
            for point in points[1:]:
                line.lineTo(point)
            ground = QPainterPath(line)
            ground.lineTo(width, self.height())
            ground.lineTo(points[0].x(), self.height())
            painter.fillPath(ground, self._style.color("accent", 0.18))
            painter.setPen(self._style.color("accent"))
            painter.drawPath(line)
        painter.end()


class MachineMonitor(QWidget):
    """CPU, memory and, where there is one, the GPU."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._rows: dict[str, tuple[QLabel, QLabel, Sparkline]] = {}
        self._gpu = QLabel(NO_GPU)
        self._gpu.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._gpu, "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnStretch(2, 1)
        self._grid.setColumnMinimumWidth(1, 16 * GRID)
        column.addLayout(self._grid)
        column.addWidget(self._gpu)
        for name in ("CPU", "Memory", "This run"):
            self._row(name)

    def set_samples(self, samples: Sequence[MachineSampled]) -> None:
        """Show the newest sample and the way there."""
        if not samples:
            return
        now = samples[-1]
        total = max(1, now.memory_total)
        self._set("CPU", f"{now.cpu * 100:.0f} %", [s.cpu for s in samples])
        memory = f"{bytes_words(now.memory_used)} of {bytes_words(total)}"
        self._set("Memory", memory, [s.memory_used / total for s in samples])
        self._set(
            "This run",
            bytes_words(now.process_memory),
            [s.process_memory / total for s in samples],
        )
        self._set_gpu(samples, now)

    def _set_gpu(self, samples: Sequence[MachineSampled], now: MachineSampled) -> None:
        if now.gpu is None:
            self._gpu.setText(NO_GPU)
            return
        heat = now.gpu_temperature
        warm = f", {heat:.0f} °C" if heat is not None else ""
        self._gpu.setText(f"{now.gpu_name or 'GPU'}{warm}")
        self._set("GPU", f"{now.gpu * 100:.0f} %", [s.gpu or 0.0 for s in samples])
        if now.gpu_memory_used is not None and now.gpu_memory_total:
            whole = now.gpu_memory_total
            words = f"{bytes_words(now.gpu_memory_used)} of {bytes_words(whole)}"
            shares = [(s.gpu_memory_used or 0) / whole for s in samples]
            self._set("GPU memory", words, shares)

    def _set(self, name: str, words: str, shares: Sequence[float]) -> None:
        _, value, line = self._rows.get(name) or self._row(name)
        value.setText(words)
        line.set_shares(shares)
        line.setAccessibleName(f"{name}: {words}")

    def _row(self, name: str) -> tuple[QLabel, QLabel, Sparkline]:
        label, value, line = QLabel(name), QLabel("–"), Sparkline(self._style)
        set_role(label, "small")
        row = len(self._rows)
        for column, widget in enumerate((label, value, line)):
            self._grid.addWidget(widget, row, column)
        self._rows[name] = (label, value, line)
        return self._rows[name]

"""The numbers a run is judged by, each on a small card."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.style import GRID, set_role
from app.words import metric_title, metric_words

COLUMNS = 2
MOST = 6
_PREFIXES = ("test_", "val_", "train_")


class Figure(QFrame):
    """One number with its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._title, self._value = QLabel(), QLabel()
        set_role(self._title, "small")
        set_role(self._value, "figure")
        self._value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self._title, self._value):
            label.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(self._value)

    def show_number(self, name: str, value: float) -> None:
        """Show a metric."""
        self._title.setText(metric_title(name))
        self._value.setText(metric_words(name, value))
        self.setAccessibleName(f"{metric_title(name)}: {metric_words(name, value)}")


class Figures(QWidget):
    """The cards: what was measured on the test rows first, what was trained on last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        self._cards: list[Figure] = []

    def set_metrics(self, metrics: Mapping[str, float]) -> None:
        """Show the most telling of these."""
        names = chosen(metrics)
        while len(self._cards) < len(names):
            card = Figure()
            self._grid.addWidget(card, len(self._cards) // COLUMNS, len(self._cards) % COLUMNS)
            self._cards.append(card)
        for index, card in enumerate(self._cards):
            card.setVisible(index < len(names))
            if index < len(names):
                card.show_number(names[index], metrics[names[index]])


def chosen(metrics: Mapping[str, float]) -> list[str]:
    """At most six names: test before validation before training, losses after other metrics."""

    def rank(name: str) -> tuple[int, bool]:
        place = next((i for i, p in enumerate(_PREFIXES) if name.startswith(p)), len(_PREFIXES))
        return place, name.endswith("loss")

    known = [name for name in metrics if not name.startswith("train_")]
    return sorted(known or metrics, key=rank)[:MOST]

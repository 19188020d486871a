"""How well each class is recognised: a table to be sorted, so that the worst comes to the top."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.style import GRID, set_role
from app.train.judgement import ClassScore

COLUMNS = ("Class", "Precision", "Recall", "F1", "Rows")
TIPS = (
    "",
    "Of all rows taken for this class, the share that are",
    "Of all rows of this class, the share that were found",
    "The harmonic mean of precision and recall",
    "How many validation rows are of this class",
)
SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
WIDTHS = (80, 88, 76, 76, 64)
MOST_ROWS = 12
ROW = 3 * GRID + 4

Index = QModelIndex | QPersistentModelIndex


class ClassScores(QAbstractTableModel):
    """The scores as rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores: tuple[ClassScore, ...] = ()

    def set_scores(self, scores: tuple[ClassScore, ...]) -> None:
        """Show these scores; a table of the same classes keeps its place and selection."""
        if [s.label for s in scores] == [s.label for s in self._scores]:
            self._scores = scores
            self.dataChanged.emit(self.index(0, 0), self.index(len(scores) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._scores = scores
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """One row a class."""
        return 0 if parent is not None and parent.isValid() else len(self._scores)

    def columnCount(self, parent: Index | None = None) -> int:
        """Name, three scores, support."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, how it sorts, where it stands."""
        if not index.isValid():
            return None
        score = self._scores[index.row()]
        value = (score.label, score.precision, score.recall, score.f1, score.support)[
            index.column()
        ]
        if role == Qt.ItemDataRole.DisplayRole:
            return _shown(value)
        if role == SORT_ROLE:
            return -1.0 if isinstance(value, float) and math.isnan(value) else value
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The columns' names and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


class ClassTable(QTableView):
    """The table: as tall as its rows, up to a dozen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores = ClassScores(self)
        sorted_scores = QSortFilterProxyModel(self)
        sorted_scores.setSourceModel(self._scores)
        sorted_scores.setSortRole(SORT_ROLE)
        self.setModel(sorted_scores)
        self.setAccessibleName("Scores of each class on the validation rows")
        self.setSortingEnabled(True)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, width)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setFrameShape(QTableView.Shape.NoFrame)
        set_role(self, "plain")

    def set_scores(self, scores: tuple[ClassScore, ...]) -> None:
        """Show these scores."""
        self._scores.set_scores(scores)
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + ROW * min(len(scores), MOST_ROWS) + 2)


def _shown(value: str | float) -> str:
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value * 100:.1f} %"
    return str(value)

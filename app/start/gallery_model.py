"""The templates as rows of a list: a heading before each group, and only what a search leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from trainers.templates import Template

TEMPLATE = int(Qt.ItemDataRole.UserRole) + 1
"""The role under which a row holds its `Template`; None for a heading."""

Index = QModelIndex | QPersistentModelIndex
_NOTHING = QModelIndex()


class GalleryModel(QAbstractListModel):
    """One row a template, one a heading; headings cannot be chosen."""

    def __init__(self, templates: Sequence[Template], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all = tuple(templates)
        self._rows: list[str | Template] = grouped(self._all)

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """The number of rows; a list has none below a row."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a view or a screen reader asks about one row."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        words, about = (row, "") if isinstance(row, str) else (row.title, row.when)
        if role == TEMPLATE:
            return None if isinstance(row, str) else row
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.ToolTipRole:
            return about or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{words}. {about}" if about else words
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings are there to be read only."""
        if index.data(TEMPLATE) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def first(self) -> QModelIndex:
        """The first template, or an index that is not valid."""
        row = next((at for at, row in enumerate(self._rows) if not isinstance(row, str)), -1)
        return self.index(row)

    def search(self, words: str) -> None:
        """Leave only templates that hold every one of these words."""
        found = [each for each in self._all if _holds(each, words.lower().split())]
        self.beginResetModel()
        self._rows = grouped(found)
        self.endResetModel()


def grouped(templates: Iterable[Template]) -> list[str | Template]:
    """Put a heading before each group."""
    rows: list[str | Template] = []
    group = None
    for each in templates:
        if each.group != group:
            group = each.group
            rows.append(group)
        rows.append(each)
    return rows


def _holds(template: Template, words: Iterable[str]) -> bool:
    name = template.name.replace("_", " ")
    said = f"{name} {template.title} {template.group} {template.when}".lower()
    return all(word in said for word in words)

"""The specs opened lately, newest first, as a list model for the start page and the File menu."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.settings import Settings

MOST = 30
PATH_ROLE = int(Qt.ItemDataRole.UserRole) + 1
WHEN_ROLE = int(Qt.ItemDataRole.UserRole) + 2


class RecentFiles(QAbstractListModel):
    """One row a file: its name to display, path and when it was opened under roles of their own."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._rows = [row for row in settings.rows("recent") if _is_whole(row)][:MOST]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """The number of files; a list has no rows below a row."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """What a view or a screen reader asks about one file."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        path = Path(row["path"])
        if role == Qt.ItemDataRole.DisplayRole:
            return path.name
        if role in {PATH_ROLE, Qt.ItemDataRole.ToolTipRole}:
            return str(path)
        if role == WHEN_ROLE:
            return when_words(row["when"])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{path.name} in {path.parent}, opened {when_words(row['when'])}"
        return None

    def paths(self) -> list[Path]:
        """All files, newest first."""
        return [Path(row["path"]) for row in self._rows]

    def add(self, path: Path) -> None:
        """Put a file on top; a file is listed once."""
        row = {"path": str(path.absolute()), "when": datetime.now(UTC).isoformat()}
        self._replace([row, *(old for old in self._rows if old["path"] != row["path"])])

    def remove(self, path: Path) -> None:
        """Forget a file, because it is gone or because the user wishes so."""
        self._replace([row for row in self._rows if row["path"] != str(path)])

    def _replace(self, rows: list[dict[str, str]]) -> None:
        self.beginResetModel()
        self._rows = rows[:MOST]
        self.endResetModel()
        self._settings.remember("recent", self._rows)


def when_words(moment: str, now: datetime | None = None) -> str:
    """An ISO time as a person would say it: `just now`, `today 14:05`, `yesterday`, `3 June`."""
    then = datetime.fromisoformat(moment).astimezone()
    now = (now or datetime.now(UTC)).astimezone()
    if timedelta() <= now - then < timedelta(minutes=2):
        return "just now"
    days = (now.date() - then.date()).days
    if days == 0:
        return f"today {then:%H:%M}"
    if days == 1:
        return f"yesterday {then:%H:%M}"
    year = "" if then.year == now.year else f" {then.year}"
    return f"{then.day} {then:%B}{year}"


def _is_whole(row: dict[str, str]) -> bool:
    try:
        return bool(row["path"]) and bool(datetime.fromisoformat(row["when"]))
    except (KeyError, ValueError):
        return False

"""The parts of the menu bar that are no fixed table: rooms, themes, recent files, undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMenu

from app.rail import Room
from app.recent import RecentFiles
from app.settings import Settings
from app.style import Style, Theme

MOST_RECENT = 12
THEMES: tuple[Theme, ...] = ("system", "light", "dark")


def add_rooms(menu: QMenu, rooms: Iterable[Room], go: Callable[[str], object]) -> None:
    """Put one line a room on top of a menu, with Ctrl and its number."""
    first = menu.actions()[0]
    for number, room in enumerate(rooms, 1):
        action = QAction(room.words, menu)
        action.setShortcut(QKeySequence(f"Ctrl+{number}"))
        action.triggered.connect(partial(go, room.name))
        menu.insertAction(first, action)
    menu.insertSeparator(first)


class ThemeMenu(QMenu):
    """System, light, dark; the choice is remembered."""

    def __init__(self, style: Style, settings: Settings, parent: QMenu) -> None:
        super().__init__("Theme", parent)
        self._style = style
        self._settings = settings
        group = QActionGroup(self)
        for theme in THEMES:
            action = group.addAction(theme.capitalize())
            action.setData(theme)
            action.setCheckable(True)
            action.setChecked(theme == style.theme)
            self.addAction(action)
        group.triggered.connect(self._choose)

    def _choose(self, action: QAction) -> None:
        theme: Theme = action.data()
        self._style.set_theme(theme)
        self._settings.remember("theme", theme)


class RecentMenu(QMenu):
    """The specs opened lately, listed when the menu opens."""

    def __init__(
        self, recent: RecentFiles, open_path: Callable[[Path], object], parent: QMenu
    ) -> None:
        super().__init__("Open Recent", parent)
        self._recent = recent
        self._open = open_path
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List them anew."""
        self.clear()
        for path in self._recent.paths()[:MOST_RECENT]:
            action = self.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._open, path))
        if self.isEmpty():
            self.addAction("Nothing Yet").setEnabled(False)


class UndoNames(QObject):
    """Keeps `Undo Add relu` and `Redo` true to the stack.

    The slots take what the signals carry and never ask the stack: while it is being destroyed it
    clears itself, and tells.
    """

    def __init__(
        self, stack: QUndoStack, actions: Mapping[str, QAction], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._undo, self._redo = actions["undo"], actions["redo"]
        stack.canUndoChanged.connect(self._undo.setEnabled)
        stack.canRedoChanged.connect(self._redo.setEnabled)
        stack.undoTextChanged.connect(self._name_undo)
        stack.redoTextChanged.connect(self._name_redo)
        self._undo.setEnabled(stack.canUndo())
        self._redo.setEnabled(stack.canRedo())
        self._name_undo(stack.undoText())
        self._name_redo(stack.redoText())

    def _name_undo(self, words: str) -> None:
        self._undo.setText(f"Undo {words}".strip())

    def _name_redo(self, words: str) -> None:
        self._redo.setText(f"Redo {words}".strip())

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
    """Keeps `Undo Add relu` and `Redo` true to the stack."""

    def __init__(
        self, stack: QUndoStack, actions: Mapping[str, QAction], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._stack = stack
        self._undo, self._redo = actions["undo"], actions["redo"]
        for signal in (
            stack.canUndoChanged,
            stack.canRedoChanged,
            stack.undoTextChanged,
            stack.redoTextChanged,
        ):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        stack = self._stack
        self._undo.setText(f"Undo {stack.undoText()}".strip())
        self._redo.setText(f"Redo {stack.redoText()}".strip())
        self._undo.setEnabled(stack.canUndo())
        self._redo.setEnabled(stack.canRedo())

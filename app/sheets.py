"""Two small sheets that stay open beside the work: keyboard shortcuts, and about the program."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.actions import COMMANDS, MENUS
from app.style import GRID, set_role

PACKAGES = ("PySide6-Essentials", "pyqtgraph", "torch", "numpy")


def shortcut_sheet(parent: QWidget) -> QDialog:
    """All shortcuts of the menus, by menu."""
    sheet, column = _sheet(parent, "Keyboard Shortcuts")
    grid = QGridLayout()
    grid.setHorizontalSpacing(4 * GRID)
    grid.setVerticalSpacing(GRID)
    for menu in MENUS:
        commands = [c for c in COMMANDS if c.menu == menu and c.shortcut]
        if not commands:
            continue
        heading = QLabel(menu)
        set_role(heading, "strong")
        grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
        for command in commands:
            row = grid.rowCount()
            keys = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            words = QLabel(keys)
            set_role(words, "muted")
            grid.addWidget(QLabel(command.words), row, 0)
            grid.addWidget(words, row, 1, Qt.AlignmentFlag.AlignRight)
    column.addLayout(grid)
    return sheet


def about_sheet(parent: QWidget) -> QDialog:
    """Name, promise and the versions a support mail needs."""
    sheet, column = _sheet(parent, "About Netwright")
    title = QLabel("Netwright")
    set_role(title, "title")
    line = QLabel("Design it on a canvas, keep it as YAML, train it live, ship it.")
    set_role(line, "muted")
    words = QLabel("\n".join(f"{name} {_version(name)}" for name in ("netwright", *PACKAGES)))
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    for label in (title, line, words):
        column.addWidget(label)
    return sheet


def _sheet(parent: QWidget, title: str) -> tuple[QDialog, QVBoxLayout]:
    sheet = QDialog(parent)
    sheet.setWindowTitle(title)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    column = QVBoxLayout(sheet)
    column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
    column.setSpacing(GRID)
    return sheet, column


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"

"""Every command of the menus in one table: words, shortcut, icon, and the name of what it calls.

The menu bar and the shortcut sheet are made from these rows; a new command is a new row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.style import Style

MENUS = ("File", "Edit", "View", "Run", "Help")


@dataclass(frozen=True, slots=True)
class Command:
    """One row.

    Attributes:
        name: what the window calls it; also the object name of its action.
        shortcut: a portable key sequence such as `Ctrl+S`; empty for none.
        icon: a file of `resources/icons`; empty for none.
        breaks: a line stands above it in the menu.
    """

    menu: str
    name: str
    words: str
    shortcut: str = ""
    icon: str = ""
    breaks: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("File", "new_from_data", "New from Data…", "Ctrl+N", "new"),
    Command("File", "new_from_folder", "New from Folder of Pictures…", "Ctrl+Shift+N", "folder"),
    Command("File", "new_from_template", "New from Template…", "Ctrl+T", "templates"),
    Command("File", "open_sample", "Try a Sample", "", "sample"),
    Command("File", "open_spec", "Open…", "Ctrl+O", "open", breaks=True),
    Command("File", "save", "Save", "Ctrl+S", "save", breaks=True),
    Command("File", "save_as", "Save As…", "Ctrl+Shift+S"),
    Command("File", "quit", "Quit", "Ctrl+Q", breaks=True),
    Command("Edit", "undo", "Undo", "Ctrl+Z", "undo"),
    Command("Edit", "redo", "Redo", "Ctrl+Shift+Z", "redo"),
    Command("View", "reset_layout", "Reset Layout", breaks=True),
    Command("Run", "start", "Train", "F5", "play"),
    Command("Run", "pause", "Pause", "F6", "pause"),
    Command("Run", "resume", "Resume", "Shift+F6", "resume"),
    Command("Run", "stop", "Stop and Keep the Best", "Shift+F5", "stop"),
    Command("Help", "show_help", "Help", "F1", "help"),
    Command("Help", "show_shortcuts", "Keyboard Shortcuts", "Ctrl+/"),
    Command("Help", "show_about", "About Netwright", breaks=True),
)


def make_actions(
    owner: QWidget, style: Style, slots: Mapping[str, Callable[[], object]]
) -> dict[str, QAction]:
    """Make an action for every row of the table; `slots` says what each one calls.

    Raises:
        KeyError: a row has no slot, which is a mistake of ours.
    """
    made: dict[str, QAction] = {}
    for command in COMMANDS:
        action = QAction(command.words, owner)
        action.setObjectName(command.name)
        action.setShortcut(QKeySequence(command.shortcut))
        if command.icon:
            style.set_icon(action, command.icon)
        slot = slots[command.name]
        action.triggered.connect(_without_argument(slot))
        made[command.name] = action
    return made


def fill_menus(bar: QMenuBar, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """Put the actions below their menus and return the menus by name."""
    menus = {name: bar.addMenu(f"&{name}") for name in MENUS}
    for command in COMMANDS:
        menu = menus[command.menu]
        if command.breaks and not menu.isEmpty():
            menu.addSeparator()
        menu.addAction(actions[command.name])
    return menus


def _without_argument(slot: Callable[[], object]) -> Callable[[bool], None]:
    # A trigger carries "checked", which no command here wants to know.
    def call(_checked: bool = False) -> None:  # noqa: FBT001, FBT002
        slot()

    return call

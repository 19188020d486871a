"""The window: a rail of rooms, a run bar, notices and menus, wired to the project and the run.

Nothing is computed here and nothing is known twice: the project holds the text, the run model the
run, and every room is a view of them. A new room is one line in `_all_rooms`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.actions import fill_menus, make_actions
from app.filing import Filing
from app.menus import RecentMenu, ThemeMenu, UndoNames, add_rooms
from app.notices import Notices
from app.opening import Opening
from app.project import Project
from app.rail import Rail, Room
from app.recent import RecentFiles
from app.run_bar import RunBar
from app.runs.run_model import RESUMABLE, RunModel
from app.settings import Settings
from app.sheets import about_sheet, shortcut_sheet
from app.start.page import StartPage
from app.start.samples import samples
from app.statusbar import StatusBar, network_words
from app.style import Style
from app.target_choice import TargetChoice
from app.training import Training
from app.words import machine_words

if TYPE_CHECKING:
    from app.help.panel import HelpPanel

PRELOAD_MS = 400
SIZE = (1280, 800)
GOES_ON = "Netwright: the window is closed, the training goes on. Open the spec again to watch it."


class Window(QMainWindow):
    """The one window of the program."""

    def __init__(self, project: Project, style: Style, settings: Settings) -> None:
        super().__init__()
        self.project = project
        self.look = style
        self.settings = settings
        self.recent = RecentFiles(settings, self)
        self.run_model = RunModel(self)
        self.opening = Opening(project, self.recent, self)
        self.filing = Filing(project, self.opening, self.recent, self)
        self.notices = Notices(style)
        self.training = Training(project, self.run_model, self.filing, self.notices, self)
        self.target_choice = TargetChoice(project, self.opening, self.notices, self)
        self.run_bar = RunBar(self.run_model, style)
        self.status = StatusBar(style)
        self._rooms = self._all_rooms()
        self._made: dict[str, QWidget] = {}
        self.help_panel: HelpPanel | None = None
        self._stack = QStackedWidget()
        self.rail = Rail(tuple(self._rooms.values()), style)
        self._lay_out()
        self.actions_by_name = make_actions(self, style, self._slots())
        self._fill_menus()
        self._connect()
        self._preload = QTimer(self, singleShot=True, interval=PRELOAD_MS)
        self._preload.timeout.connect(partial(self.room, "train"))
        self._restore()
        self.go("start")
        self._show_title()
        self._show_analysis()
        self._show_run()

    # ---- rooms --------------------------------------------------------------------------------

    def _all_rooms(self) -> dict[str, Room]:
        rooms = (
            Room("start", "Start", "start", "Open or begin something", self._make_start),
            Room("network", "Network", "network", "Design the network", self._make_network),
            Room("train", "Train", "train", "Train and judge it", self._make_train),
        )
        return {room.name: room for room in rooms}

    def go(self, name: str) -> QWidget:
        """Enter a room, built now when it was never entered before."""
        room = self.room(name)
        self._stack.setCurrentWidget(room)
        self.rail.show_room(name)
        self._show_run_bar()
        room.setFocus()
        return room

    def room(self, name: str) -> QWidget:
        """The widget of a room."""
        if name not in self._made:
            self._made[name] = self._rooms[name].make()
            self._stack.addWidget(self._made[name])
        return self._made[name]

    def _focus_work(self) -> None:
        """Put the keyboard where the work is: the text, in a room that has one."""
        room = self._stack.currentWidget() or self
        getattr(room, "editor", room).setFocus()

    def _make_start(self) -> QWidget:
        page = StartPage(self.look, self.recent, samples())
        page.sample_wanted.connect(self.opening.open_sample)
        page.template_wanted.connect(self.opening.open_sample)
        page.spec_wanted.connect(self.opening.open_any)
        page.open_wanted.connect(self.filing.open_spec)
        page.data_wanted.connect(self.filing.new_from_data)
        page.folder_wanted.connect(self.filing.new_from_folder)
        self.opening.looking.connect(page.zone.set_busy)
        return page

    def _show_templates(self) -> None:
        page = self.go("start")
        if isinstance(page, StartPage):
            page.show_templates()

    def _make_network(self) -> QWidget:
        from app.network.room import NetworkRoom

        room = NetworkRoom(self.project, self.look, self)
        room.help_wanted.connect(self.open_help)
        return room

    def _make_train(self) -> QWidget:
        from app.train.room import TrainRoom

        room = TrainRoom(self.run_model, self.look)
        room.start_wanted.connect(self.training.start)
        return room

    # ---- building -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.addWidget(self.run_bar)
        column.addWidget(self.notices)
        column.addWidget(self._stack, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.addWidget(self.rail)
        row.addWidget(right, 1)
        for layout in (row, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self._whole = whole
        self.setCentralWidget(whole)
        self.setStatusBar(self.status)
        self.setMinimumSize(880, 560)
        self.setAcceptDrops(True)

    def _fill_menus(self) -> None:
        menus = fill_menus(self.menuBar(), self.actions_by_name)
        recent = RecentMenu(self.recent, self.opening.open_any, menus["File"])
        menus["File"].insertMenu(self.actions_by_name["save"], recent)
        add_rooms(menus["View"], self._rooms.values(), self.go)
        menus["View"].addMenu(ThemeMenu(self.look, self.settings, menus["View"]))

    def _slots(self) -> dict[str, Callable[[], object]]:
        stack, model, filing = self.project.undo_stack, self.run_model, self.filing
        return {
            "new_from_data": filing.new_from_data,
            "new_from_folder": filing.new_from_folder,
            "new_from_template": self._show_templates,
            "open_sample": filing.open_sample,
            "open_spec": filing.open_spec,
            "save": filing.save,
            "save_as": filing.save_as,
            "quit": self.close,
            "undo": stack.undo,
            "redo": stack.redo,
            "reset_layout": self._reset_layout,
            "start": self.training.start,
            "pause": model.pause,
            "resume": model.resume,
            "stop": model.stop,
            "show_help": self._show_help,
            "show_shortcuts": self._show_shortcuts,
            "show_about": self._show_about,
        }

    def _connect(self) -> None:
        project, model = self.project, self.run_model
        project.path_changed.connect(self._show_title)
        project.path_changed.connect(self._attach)
        project.noticed.connect(self.notices.post)
        project.analysis_changed.connect(self._show_analysis)
        project.undo_stack.cleanChanged.connect(self._show_clean)
        UndoNames(project.undo_stack, self.actions_by_name, self)
        self.opening.opened.connect(partial(self.go, "network"))
        self.opening.began.connect(self.target_choice.show)
        self.opening.told.connect(self.notices.post)
        self.notices.vacated.connect(self._focus_work)
        self.training.begun.connect(partial(self.go, "train"))
        self.training.begun.connect(self.target_choice.withdraw)
        self.training.problems_wanted.connect(partial(self.go, "network"))
        self.run_bar.start_wanted.connect(self.training.start)
        self.rail.chosen.connect(self.go)
        self.status.problems_clicked.connect(partial(self.go, "network"))
        model.state_changed.connect(self._show_run)
        model.changed.connect(self._show_machine)
        model.refused.connect(partial(self.notices.post, "error"))

    def _attach(self) -> None:
        """Show the newest run of the spec that is open now."""
        if self.project.path is None:
            self.run_model.clear()
        else:
            self.run_model.show_newest(self.project.path)

    # ---- showing ------------------------------------------------------------------------------

    def _show_title(self) -> None:
        self._show_clean(self.project.undo_stack.isClean())

    def _show_clean(self, clean: bool) -> None:  # noqa: FBT001
        """Take the signal's word for it: a stack that is being destroyed cannot be asked."""
        path = self.project.path
        name = path.name if path else "Untitled" if self.project.text else ""
        self.setWindowTitle(f"{name}[*] — Netwright" if name else "Netwright")
        self.setWindowFilePath(str(path) if path else "")
        self.setWindowModified(not clean)

    def _show_analysis(self) -> None:
        analysis, profile = self.project.analysis, self.project.profile
        self.status.setVisible(bool(self.project.text))
        errors = sum(problem.severity == "error" for problem in analysis.problems)
        self.status.show_problems(errors, len(analysis.problems) - errors)
        self.status.show_network(network_words(analysis, profile, self.project.catalog))

    def _show_run(self) -> None:
        model, state = self.run_model, self.run_model.state
        for name, possible in (
            ("start", not model.active),
            ("pause", state == "running"),
            ("resume", state in RESUMABLE),
            ("stop", model.active and state != "stopping"),
        ):
            self.actions_by_name[name].setEnabled(possible)
        self._show_machine()
        self._show_run_bar()

    def _show_machine(self) -> None:
        """The machine at a glance, whichever room is open."""
        history = self.run_model.history
        if not self.run_model.active or history.started is None:
            self.status.show_run("")
            return
        words = [f"Training on the {history.started.device.upper()}"]
        if history.machine:
            words.append(machine_words(history.machine[-1]))
        self.status.show_run("  ·  ".join(words))

    def _show_run_bar(self) -> None:
        """The start page has no use for it, and an empty Train room has a button of its own."""
        here = self._stack.currentWidget()
        idle = here is self._made.get("train") and self.run_model.state == "idle"
        self.run_bar.setVisible(here is not self._made.get("start") and not idle)

    def _show_help(self) -> None:
        """Tell of what the user is at, in a room that knows; else what there is."""
        topic = getattr(self._stack.currentWidget(), "topic", str)
        self.open_help(topic())

    def open_help(self, path: str) -> None:
        """Show a page of the reference beside the room; the panel is made when first asked for."""
        if self.help_panel is None:
            from app.help.panel import HelpPanel

            self.help_panel = HelpPanel(self.project.catalog, self.look, self._whole)
        self.help_panel.open_page(path)

    def _show_shortcuts(self) -> None:
        shortcut_sheet(self).show()

    def _show_about(self) -> None:
        about_sheet(self).show()

    def _reset_layout(self) -> None:
        for room in self._made.values():
            reset = getattr(room, "reset_layout", None)
            if reset:
                reset()
        self.resize(*SIZE)

    # ---- Qt -----------------------------------------------------------------------------------

    def _restore(self) -> None:
        kept = QByteArray.fromBase64(self.settings.text("geometry").encode())
        if kept.isEmpty() or not self.restoreGeometry(kept):
            self.resize(*SIZE)

    def showEvent(self, event: QShowEvent) -> None:
        """Load the plots once the window can be seen."""
        super().showEvent(event)
        self._preload.start()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be let go anywhere."""
        if _dropped(event):
            event.acceptProposedAction()
            self._heat(hot=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went away again."""
        self._heat(hot=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was let go."""
        self._heat(hot=False)
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.opening.open_any(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave: the run goes on, unsaved text is kept aside, nobody is asked anything."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.settings.remember("geometry", geometry)
        if self.run_model.active and sys.stderr is not None:
            sys.stderr.write(f"{GOES_ON}\n")
        self._preload.stop()
        self.run_model.leave()
        self.opening.cancel()
        self.project.close()
        super().closeEvent(event)

    def _heat(self, *, hot: bool) -> None:
        page = self._made.get("start")
        if isinstance(page, StartPage):
            page.zone.set_hot(hot)


def _dropped(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    local = [url.toLocalFile() for url in urls if url.isLocalFile()]
    return Path(local[0]) if local else None

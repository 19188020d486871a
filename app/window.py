"""The window: a rail of rooms, a run bar, notices and menus, wired to the project and the run.

Nothing is computed here and nothing is known twice: the project holds the text, the run model the
run, and every room is a view of them. A new room is one line in `_all_rooms`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.actions import fill_menus, make_actions
from app.notices import Notices
from app.opening import Opening
from app.project import Project
from app.rail import Rail, Room
from app.recent import RecentFiles
from app.run_bar import RunBar
from app.runs.run_model import RESUMABLE, RunModel
from app.settings import Settings, projects
from app.sheets import about_sheet, shortcut_sheet
from app.start.page import StartPage
from app.start.samples import Sample, samples
from app.start.target_choice import TargetChoice
from app.statusbar import StatusBar
from app.style import Style, Theme
from app.words import count_words, plural

DATA_FILTER = "Data (*.csv *.tsv *.parquet *.npz *.zip *.json *.jsonl);;All files (*)"
SPEC_FILTER = "Netwright specs (*.yaml *.yml);;All files (*)"
PRELOAD_MS = 400
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
        self.notices = Notices(style)
        self.run_bar = RunBar(self.run_model, style)
        self.status = StatusBar(style)
        self.target_choice = TargetChoice(project, self.opening, self.notices, self)
        self._rooms = self._all_rooms()
        self._made: dict[str, QWidget] = {}
        self._stack = QStackedWidget()
        self.rail = Rail(tuple(self._rooms.values()), style)
        self.setAcceptDrops(True)
        self._lay_out()
        self.actions_by_name = make_actions(self, style, self._slots())
        self._fill_menus()
        self._connect()
        self._restore()
        self.go("start")
        self._show_title()
        self._show_run_actions()

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
        self.run_bar.setVisible(name != "start")
        return room

    def room(self, name: str) -> QWidget:
        """The widget of a room."""
        if name not in self._made:
            self._made[name] = self._rooms[name].make()
            self._stack.addWidget(self._made[name])
        return self._made[name]

    def _make_start(self) -> QWidget:
        page = StartPage(self.look, self.recent, samples())
        page.sample_wanted.connect(self.opening.open_sample)
        page.spec_wanted.connect(self.opening.open_any)
        page.open_wanted.connect(self._open_spec)
        page.data_wanted.connect(self._new_from_data)
        page.folder_wanted.connect(self._new_from_folder)
        self.opening.looking.connect(page.zone.set_busy)
        return page

    def _make_network(self) -> QWidget:
        from app.network.room import NetworkRoom

        return NetworkRoom(self.project, self.look, self)

    def _make_train(self) -> QWidget:
        from app.train.room import TrainRoom

        room = TrainRoom(self.run_model, self.look)
        room.start_wanted.connect(self.start_run)
        return room

    # ---- building -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.run_bar)
        column.addWidget(self.notices)
        column.addWidget(self._stack, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(right, 1)
        self.setCentralWidget(whole)
        self.setStatusBar(self.status)
        self.setMinimumSize(880, 560)

    def _fill_menus(self) -> None:
        menus = fill_menus(self.menuBar(), self.actions_by_name)
        self._recent_menu = QMenu("Open Recent", self)
        menus["File"].insertMenu(self.actions_by_name["save"], self._recent_menu)
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        self._add_rooms(menus["View"])
        self._add_themes(menus["View"])

    def _add_rooms(self, menu: QMenu) -> None:
        first = menu.actions()[0]
        for number, room in enumerate(self._rooms.values(), 1):
            action = QAction(room.words, self)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.triggered.connect(partial(self.go, room.name))
            menu.insertAction(first, action)
        menu.insertSeparator(first)

    def _add_themes(self, menu: QMenu) -> None:
        themes = menu.addMenu("Theme")
        group = QActionGroup(self)
        for theme in ("system", "light", "dark"):
            action = group.addAction(theme.capitalize())
            action.setData(theme)
            action.setCheckable(True)
            action.setChecked(theme == self.look.theme)
            themes.addAction(action)
        group.triggered.connect(self._choose_theme)

    def _slots(self) -> dict[str, Callable[[], object]]:
        stack, model = self.project.undo_stack, self.run_model
        return {
            "new_from_data": self._new_from_data,
            "new_from_folder": self._new_from_folder,
            "open_sample": self._open_first_sample,
            "open_spec": self._open_spec,
            "save": self._save,
            "save_as": self._save_as,
            "quit": self.close,
            "undo": stack.undo,
            "redo": stack.redo,
            "reset_layout": self._reset_layout,
            "start": self.start_run,
            "pause": model.pause,
            "resume": model.resume,
            "stop": model.stop,
            "show_shortcuts": self._show_shortcuts,
            "show_about": self._show_about,
        }

    def _connect(self) -> None:
        project, model, stack = self.project, self.run_model, self.project.undo_stack
        project.path_changed.connect(self._show_title)
        project.path_changed.connect(self._attach)
        project.noticed.connect(self.notices.post)
        project.analysis_changed.connect(self._show_analysis)
        stack.cleanChanged.connect(self._show_title)
        stack.canUndoChanged.connect(self._show_undo)
        stack.canRedoChanged.connect(self._show_undo)
        stack.undoTextChanged.connect(self._show_undo)
        stack.redoTextChanged.connect(self._show_undo)
        self.opening.opened.connect(partial(self.go, "network"))
        self.opening.began.connect(self.target_choice.show)
        self.opening.told.connect(self.notices.post)
        self.run_bar.start_wanted.connect(self.start_run)
        self.rail.chosen.connect(self.go)
        self.status.problems_clicked.connect(partial(self.go, "network"))
        model.state_changed.connect(self._show_run_actions)
        model.refused.connect(partial(self.notices.post, "error"))
        self._show_undo()

    # ---- files --------------------------------------------------------------------------------

    def _new_from_data(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "New from Data", "", DATA_FILTER)
        if name:
            self.opening.open_any(Path(name))

    def _new_from_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "New from Folder of Pictures")
        if name:
            self.opening.open_any(Path(name))

    def _open_spec(self) -> None:
        folder = str(self.project.folder if self.project.path else projects())
        name, _ = QFileDialog.getOpenFileName(self, "Open Spec", folder, SPEC_FILTER)
        if name:
            self.opening.open_any(Path(name))

    def _open_first_sample(self) -> None:
        found: tuple[Sample, ...] = samples()
        if found:
            self.opening.open_sample(found[0])

    def _save(self) -> bool:
        return self.project.save() if self.project.path else self._save_as()

    def _save_as(self) -> bool:
        start = self.project.path or projects() / "network.yaml"
        name, _ = QFileDialog.getSaveFileName(self, "Save As", str(start), SPEC_FILTER)
        if not name or not self.project.save(Path(name)):
            return False
        self.recent.add(Path(name))
        return True

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for path in self.recent.paths()[:12]:
            action = self._recent_menu.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(partial(self.opening.open_any, path))
        if self._recent_menu.isEmpty():
            self._recent_menu.addAction("Nothing yet").setEnabled(False)

    # ---- the run ------------------------------------------------------------------------------

    def start_run(self) -> None:
        """Train the open spec, or say why it cannot be trained."""
        project = self.project
        if self.run_model.active:
            return
        if not project.text.strip():
            self.notices.post("note", "There is nothing to train yet: drop data or try a sample.")
            return
        if not project.analysis.sound:
            self._refuse_training()
            return
        if project.path is None and not project.save(_unnamed()):
            return
        if not project.undo_stack.isClean() and not project.save():
            return
        self.notices.withdraw("training")
        if project.path is not None:
            self.run_model.start(project.text, project.path, project.analysis.spec.name)
            self.go("train")

    def _refuse_training(self) -> None:
        errors = sum(p.severity == "error" for p in self.project.analysis.problems)
        first = next(p for p in self.project.analysis.problems if p.severity == "error")
        place = f"Line {first.line}: " if first.line else ""
        self.notices.post(
            "error",
            f"Nothing was trained: {plural(errors, 'error')}. {place}{first.message}",
            key="training",
            offers=[("Show", partial(self.go, "network"))],
        )

    def _attach(self) -> None:
        """Show the newest run of the spec that is open now."""
        if self.project.path is None:
            self.run_model.clear()
        else:
            self.run_model.show_newest(self.project.path)

    # ---- showing ------------------------------------------------------------------------------

    def _show_title(self) -> None:
        path = self.project.path
        name = path.name if path else "Untitled" if self.project.text else ""
        self.setWindowTitle(f"{name}[*] — Netwright" if name else "Netwright")
        self.setWindowFilePath(str(path) if path else "")
        self.setWindowModified(not self.project.undo_stack.isClean())

    def _show_analysis(self) -> None:
        analysis = self.project.analysis
        errors = sum(problem.severity == "error" for problem in analysis.problems)
        self.status.show_problems(errors, len(analysis.problems) - errors)
        parameters = sum(node.parameters for node in analysis.graph.nodes)
        layers = len(analysis.graph.nodes)
        words = f"{plural(layers, 'layer')}   ·   {count_words(parameters)} parameters"
        self.status.show_network(words if layers else "")

    def _show_undo(self) -> None:
        stack = self.project.undo_stack
        undo, redo = self.actions_by_name["undo"], self.actions_by_name["redo"]
        undo.setText(f"Undo {stack.undoText()}".strip())
        redo.setText(f"Redo {stack.redoText()}".strip())
        undo.setEnabled(stack.canUndo())
        redo.setEnabled(stack.canRedo())

    def _show_run_actions(self) -> None:
        model, state = self.run_model, self.run_model.state
        for name, possible in (
            ("start", not model.active),
            ("pause", state == "running"),
            ("resume", state in RESUMABLE),
            ("stop", model.active and state != "stopping"),
        ):
            self.actions_by_name[name].setEnabled(possible)
        started = model.history.started
        device = f" on {started.device}" if started and model.active else ""
        self.status.show_run(f"Training{device}" if model.active else "")

    def _show_shortcuts(self) -> None:
        shortcut_sheet(self).show()

    def _show_about(self) -> None:
        about_sheet(self).show()

    def _choose_theme(self, action: QAction) -> None:
        theme: Theme = action.data()
        self.look.set_theme(theme)
        self.settings.remember("theme", theme)

    def _reset_layout(self) -> None:
        for room in self._made.values():
            reset = getattr(room, "reset_layout", None)
            if reset:
                reset()
        self.resize(1280, 800)

    # ---- Qt -----------------------------------------------------------------------------------

    def _restore(self) -> None:
        kept = QByteArray.fromBase64(self.settings.text("geometry").encode())
        if kept.isEmpty() or not self.restoreGeometry(kept):
            self.resize(1280, 800)

    def showEvent(self, event: QShowEvent) -> None:
        """Load the plots once the window can be seen."""
        super().showEvent(event)
        QTimer.singleShot(PRELOAD_MS, self, partial(self.room, "train"))

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
        self.settings.remember("geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        if self.run_model.active and sys.stderr is not None:
            sys.stderr.write(f"{GOES_ON}\n")
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


def _unnamed() -> Path:
    folder = projects()
    folder.mkdir(parents=True, exist_ok=True)
    path, number = folder / "network.yaml", 1
    while path.exists():
        number += 1
        path = folder / f"network-{number}.yaml"
    return path

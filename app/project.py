"""The document open in the window: text, undo, file, and what its data offers.

One `QUndoStack` and one command class serve typing and canvas alike: every change is a splice. The
look at the data runs in a process of its own, because reading a file must never stall the window.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app import recovery
from app.data_look import DataLook, anchored
from nnspec.catalog import Catalog
from nnspec.document import Analysis, Document, joined
from nnspec.edits import find
from nnspec.problems import Edit
from nnspec.syntax import Plain, plain
from trainers.check import judge, with_problems
from trainers.durable import atomic_write
from trainers.profile import Profile

WORD_PAUSE = 1.2
"""Seconds without a keystroke that end one step of undo."""


class ApplyEdit(QUndoCommand):
    """The one command of the program: a splice and its inverse."""

    def __init__(
        self, project: Project, edit: Edit, words: str, origin: str, *, typing: bool
    ) -> None:
        super().__init__(words)
        self._project = project
        self.edit = edit
        self.inverse = edit.inverse(project.text)
        self.at = time.monotonic()
        self._origin = origin
        self._typing = typing
        self._first = True

    def redo(self) -> None:
        """Do it; Qt also calls this when the command is pushed."""
        self._project.splice(self.edit, self._origin if self._first else "undo")
        self._first = False

    def undo(self) -> None:
        """Take it back."""
        self._project.splice(self.inverse, "undo")

    def id(self) -> int:
        """Commands of the same id may merge; -1 never does."""
        return 1 if self._typing else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take a further keystroke into this step of undo."""
        if not isinstance(other, ApplyEdit) or other.at - self.at > WORD_PAUSE:
            return False
        merged = _merged(self.edit, self.inverse, other.edit, other.inverse)
        if merged is None:
            return False
        self.edit, self.inverse = merged
        self.at = other.at
        return True


def _merged(first: Edit, undo_first: Edit, then: Edit, undo_then: Edit) -> tuple[Edit, Edit] | None:
    """Join two keystrokes that stand side by side on one line; None where a new step begins."""
    if "\n" in first.text + then.text + undo_first.text + undo_then.text:
        return None
    after = first.start + len(first.text)
    if then.start == then.end == after:
        edit = Edit(first.start, first.end, first.text + then.text)
        return edit, Edit(first.start, after + len(then.text), undo_first.text)
    if not then.text and not first.text and then.end == first.start:
        deleted = undo_then.text + undo_first.text
        return Edit(then.start, first.end, ""), Edit(then.start, then.start, deleted)
    return None


class Project(QObject):
    """What is open. Views read `text` and `analysis`, change them by `apply`, and listen.

    Signals:
        text_changed: the text is another one; carries who changed it ("editor", "canvas", "undo"
        …). analysis_changed: problems, graph or shapes may differ.
        path_changed: another file, or a name for a new one.
        data_changed: the look at the data is finished (or found nothing).
        noticed: a sentence for the notice bar (severity, message).
    """

    text_changed = Signal(str)
    analysis_changed = Signal()
    path_changed = Signal()
    data_changed = Signal()
    noticed = Signal(str, str)

    def __init__(self, catalog: Catalog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.catalog = catalog
        self.path: Path | None = None
        self.undo_stack = QUndoStack(self)
        self._document = Document("", catalog)
        self._data: Plain = None
        self._merged_analysis: Analysis | None = None
        self._look = DataLook(self)
        self._look.done.connect(self._take_look)
        self._look.failed.connect(self._tell_failed_look)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._announce)
        self._autosave = QTimer(self, singleShot=True, interval=500)
        self._autosave.timeout.connect(self._keep_recovery)
        self._last_cost = 0.0

    # ---- reading --------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The text as it stands."""
        return self._document.text

    @property
    def analysis(self) -> Analysis:
        """What is known of the text as it stands, the problems of its data included."""
        if self._merged_analysis is None:
            begun = time.perf_counter()
            analysis = self._document.analysis
            self._merged_analysis = with_problems(
                analysis,
                [
                    *anchored(self._look.problems, analysis),
                    *judge(analysis, self.profile, self.catalog),
                ],
            )
            self._last_cost = time.perf_counter() - begun
        return self._merged_analysis

    @property
    def profile(self) -> Profile | None:
        """What is known of the data, or None while that is unknown."""
        return self._look.profile

    @property
    def folder(self) -> Path:
        """The folder that relative paths of the spec start from."""
        return self.path.parent if self.path else Path.cwd()

    # ---- changing -------------------------------------------------------------------------------

    def apply(self, edits: Sequence[Edit], words: str, origin: str, *, merge: bool = False) -> bool:
        """Do edits that were all computed on the present text, as one step of undo named `words`.

        Returns whether anything changed.
        """
        if not edits:
            return False
        edit = joined(self.text, edits)
        if edit.apply(self.text) == self.text:
            return False
        self.undo_stack.push(ApplyEdit(self, edit, words, origin, typing=merge))
        return True

    def splice(self, edit: Edit, origin: str) -> None:
        """Change the text without a step of undo. Only `ApplyEdit` calls this."""
        self._document.apply((edit,))
        self._merged_analysis = None
        self.text_changed.emit(origin)
        slow = self._last_cost > 0.03
        self._timer.start(120 if slow and origin == "editor" else 0)
        self._autosave.start()

    # ---- files ----------------------------------------------------------------------------------

    def open(self, path: Path) -> bool:
        """Open a spec; a file that cannot be read leaves everything as it is and is told."""
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = (
                "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
            )
            self.noticed.emit("error", f"{path.name} cannot be opened: {reason}")
            return False
        self.path = path.resolve()
        self._restart(text)
        self._offer_recovery()
        return True

    def new(self, text: str) -> None:
        """Begin with `text` and no file."""
        self.path = None
        self._restart(text)

    def save(self, path: Path | None = None) -> bool:
        """Write the text whole or not at all; tells and returns False when that fails."""
        target = path or self.path
        if target is None:
            return False
        try:
            atomic_write(target, self.text.encode("utf-8"))
        except OSError as error:
            self.noticed.emit("error", f"{target.name} cannot be saved: {error.strerror}")
            return False
        recovery.forget(self.path)
        moved = target != self.path
        self.path = target.resolve()
        self.undo_stack.setClean()
        self._autosave.stop()
        if moved:
            self.path_changed.emit()
            self._look_at_data(again=True)
        return True

    def close(self) -> None:
        """Stop what runs in the background."""
        self._timer.stop()
        if self._autosave.isActive():
            self._keep_recovery()
        self._autosave.stop()
        self._look.end()

    def _restart(self, text: str) -> None:
        self._look.forget()
        self._document = Document(text, self.catalog)
        self._merged_analysis = None
        self._data = None
        self.undo_stack.clear()
        self.undo_stack.setClean()
        self.path_changed.emit()
        self.text_changed.emit("open")
        self._announce()

    # ---- recovery -------------------------------------------------------------------------------

    def _keep_recovery(self) -> None:
        """Keep the unsaved text aside, so that a crash loses nothing."""
        if self.undo_stack.isClean():
            recovery.forget(self.path)
            return
        try:
            recovery.keep(self.path, self.text)
        except OSError as error:
            self.noticed.emit("warning", f"Unsaved changes cannot be kept aside: {error.strerror}")

    def _offer_recovery(self) -> None:
        """Bring unsaved changes of a crashed window back as one step that can be undone."""
        text = recovery.kept(self.path)
        if text is None or text == self.text:
            return
        whole = Edit(0, len(self.text), text)
        if self.apply((whole,), "Restore unsaved changes", "recovery"):
            self.noticed.emit(
                "note", "Unsaved changes of the last time were restored; Undo takes them back."
            )

    # ---- analysis and data ----------------------------------------------------------------------

    def _announce(self) -> None:
        self.analysis_changed.emit()
        self._look_at_data()

    def _look_at_data(self, *, again: bool = False) -> None:
        analysis = self._document.analysis
        data = plain(find(analysis.tree, ("data",)))
        if analysis.spec.data is None or (data == self._data and not again):
            return
        self._data = data
        self._look.begin(self.text, self.folder)

    def _take_look(self) -> None:
        profile = self._look.profile
        self._document.offer(profile.interface if profile else None)
        self._merged_analysis = None
        self.data_changed.emit()
        self.analysis_changed.emit()

    def _tell_failed_look(self) -> None:
        self.noticed.emit("warning", "The data could not be looked at; check the source.")

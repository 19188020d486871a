"""What happens to whatever a user opens, drops or picks: a spec is opened, data becomes a spec."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.project import Project
from app.recent import RecentFiles
from app.start.samples import Shipped, own_copy
from app.start.starter import Started, Starter
from nnspec.problems import Edit

SPEC_SUFFIXES = (".yaml", ".yml")


class Opening(QObject):
    """Brings files into the project.

    Signals:
        opened: a spec is open now.
        looking: data of that name is being looked at; an empty name when that is over.
        began: a spec was made from data (carries `Started`) and is open now.
        told: severity and a sentence for the notice bar.
    """

    opened = Signal()
    looking = Signal(str)
    began = Signal(object)
    told = Signal(str, str)

    def __init__(self, project: Project, recent: RecentFiles, parent: QObject | None = None):
        super().__init__(parent)
        self._project = project
        self._recent = recent
        self._starter = Starter(self)
        self._starter.started.connect(self.looking)
        self._starter.made.connect(self._open_made)
        self._starter.retargeted.connect(self._take_retargeted)
        self._starter.failed.connect(self._tell_failure)

    def open_any(self, path: Path) -> None:
        """Open a spec, or make one from data: a file that is no YAML, or a folder."""
        if not path.exists():
            self.told.emit("error", f"There is no {path} any more.")
            self._recent.remove(path)
        elif path.is_file() and path.suffix.lower() in SPEC_SUFFIXES:
            self.open_spec(path)
        else:
            self._starter.make(path)

    def open_spec(self, path: Path) -> bool:
        """Open a spec; unsaved changes of the one before are kept aside for its next opening."""
        self._project.close()
        if not self._project.open(path):
            return False
        self._recent.add(path)
        self.opened.emit()
        return True

    def open_sample(self, sample: Shipped) -> None:
        """Open the user's own copy of a sample or template."""
        try:
            spec = own_copy(sample)
        except OSError as error:
            reason = error.strerror or error
            self.told.emit("error", f"'{sample.title}' cannot be copied: {reason}")
            return
        self.open_spec(spec)

    def retarget(self, data: Path, target: str) -> None:
        """Write the open spec anew for another target, as one step that can be undone."""
        if self._project.path is not None:
            self._starter.retarget(data, self._project.path, target)

    def cancel(self) -> None:
        """Forget the look at data that is going on."""
        self._starter.cancel()
        self.looking.emit("")

    def _open_made(self, made: Started) -> None:
        self.looking.emit("")
        if self.open_spec(made.spec):
            self.began.emit(made)

    def _take_retargeted(self, made: Started) -> None:
        self.looking.emit("")
        if self._project.path == made.spec:
            whole = Edit(0, len(self._project.text), made.text)
            self._project.apply((whole,), f"Predict {made.target}", "start")
            self.began.emit(made)

    def _tell_failure(self, sentence: str) -> None:
        self.looking.emit("")
        self.told.emit("error", sentence)

"""Opening and saving by way of the system's file dialogs: the only dialogs the window has."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeDatabase, QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.opening import Opening
from app.project import Project
from app.recent import RecentFiles
from app.settings import projects
from app.start.samples import samples
from nnspec.catalog import Catalog

SPEC_FILTER = "Netwright specs (*.yaml *.yml);;All files (*)"


class Filing(QObject):
    """What the File menu does; its methods are the slots of the menu's rows."""

    def __init__(
        self, project: Project, opening: Opening, recent: RecentFiles, window: QWidget
    ) -> None:
        super().__init__(window)
        self._project = project
        self._opening = opening
        self._recent = recent
        self._window = window

    def new_from_data(self) -> None:
        """Choose a data file to begin with."""
        kinds = data_filter(self._project.catalog)
        name, _ = QFileDialog.getOpenFileName(self._window, "New from Data", "", kinds)
        if name:
            self._opening.open_any(Path(name))

    def new_from_folder(self) -> None:
        """Choose a folder of pictures to begin with."""
        name = QFileDialog.getExistingDirectory(self._window, "New from Folder of Pictures")
        if name:
            self._opening.open_any(Path(name))

    def open_sample(self) -> None:
        """Open the sample to try first."""
        found = samples()
        if found:
            self._opening.open_sample(found[0])

    def open_spec(self) -> None:
        """Choose a spec to open."""
        folder = str(self._project.folder if self._project.path else projects())
        name, _ = QFileDialog.getOpenFileName(self._window, "Open Spec", folder, SPEC_FILTER)
        if name:
            self._opening.open_any(Path(name))

    def save(self) -> bool:
        """Save where it lies, or ask where."""
        return self._project.save() if self._project.path else self.save_as()

    def save_as(self) -> bool:
        """Ask where to save."""
        start = self._project.path or free_path()
        name, _ = QFileDialog.getSaveFileName(self._window, "Save As", str(start), SPEC_FILTER)
        if not name or not self._project.save(Path(name)):
            return False
        self._recent.add(Path(name))
        return True

    def save_somewhere(self) -> bool:
        """Save without asking: what has no place gets one in the Netwright folder."""
        project = self._project
        if project.path is None:
            target = free_path()
            target.parent.mkdir(parents=True, exist_ok=True)
            if project.save(target):
                self._recent.add(target)
            return project.path is not None
        return project.undo_stack.isClean() or project.save()


def data_filter(catalog: Catalog) -> str:
    """The files that hold data, as the catalog's sources name their endings.

    A single picture is read as data too, but nobody begins with one.
    """
    named = [getattr(kind.make, "endings", ()) for kind in catalog.of("source")]
    endings = [ending for endings in named for ending in endings]
    shown = " ".join(f"*{ending}" for ending in endings if ending and not _is_picture(ending))
    return f"Data ({shown});;All files (*)"


def _is_picture(ending: str) -> bool:
    by_name = QMimeDatabase.MatchMode.MatchExtension
    kind = QMimeDatabase().mimeTypeForFile(f"x{ending}", by_name)
    return kind.name().startswith("image/")


def free_path() -> Path:
    """A name in the Netwright folder that is not taken."""
    path, number = projects() / "network.yaml", 1
    while path.exists():
        number += 1
        path = projects() / f"network-{number}.yaml"
    return path

"""From the Train button to a run: a sound spec is saved and handed on, else it is said why not."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.filing import Filing
from app.notices import Notices
from app.project import Project
from app.runs.run_model import RunModel
from app.words import plural

KEY = "training"


class Training(QObject):
    """What the Train button does, wherever it is.

    Signals:
        begun: a run is on its way. problems_wanted: the user wishes to see what is wrong.
    """

    begun = Signal()
    problems_wanted = Signal()

    def __init__(
        self,
        project: Project,
        model: RunModel,
        filing: Filing,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._model = model
        self._filing = filing
        self._notices = notices

    def start(self) -> None:
        """Train the open spec, or say why it cannot be trained."""
        project = self._project
        if self._model.active:
            return
        if not project.text.strip():
            self._notices.post(
                "note", "There is nothing to train yet: drop data or try a sample.", key=KEY
            )
        elif not project.analysis.sound:
            self._refuse()
        elif self._filing.save_somewhere() and project.path is not None:
            self._notices.withdraw(KEY)
            self._model.start(project.text, project.path, project.analysis.spec.name)
            self.begun.emit()

    def _refuse(self) -> None:
        errors = [p for p in self._project.analysis.problems if p.severity == "error"]
        place = f"Line {errors[0].line}: " if errors[0].line else ""
        self._notices.post(
            "error",
            f"Nothing was trained: {plural(len(errors), 'error')}. {place}{errors[0].message}",
            key=KEY,
            offers=[("Show", self.problems_wanted.emit)],
        )

"""After data was dropped: a notice says what was guessed, a list lets choose another target."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox

from app.notices import Notice, Notices
from app.opening import Opening
from app.project import Project
from app.start.starter import Started

KEY = "began"


class TargetChoice(QObject):
    """Posts the notice and keeps its list of columns up to date."""

    def __init__(
        self, project: Project, opening: Opening, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._opening = opening
        self._notices = notices
        self._began: Started | None = None
        self._notice: Notice | None = None
        project.data_changed.connect(self._offer)
        project.path_changed.connect(self._forget)

    def show(self, began: Started) -> None:
        """Say what was made, and from what."""
        self._began = began
        said = " ".join(note[:1].upper() + note[1:].rstrip(".") + "." for note in began.notes[:3])
        text = f"{said or began.spec.name + ' is written.'} Press Train when you are ready."
        self._notice = self._notices.post("good", text, key=KEY, offers=[("Fine", _nothing)])
        self._offer()

    def _offer(self) -> None:
        """Add the list of columns once the data is known."""
        spec, profile = self._project.analysis.spec, self._project.profile
        if self._notice is None or profile is None or spec.data is None or not _seen(self._notice):
            return
        if spec.data.target is None or self._notice.findChild(QComboBox):
            return
        box = QComboBox()
        box.setAccessibleName("Column to predict")
        box.setToolTip("Predict another column")
        box.addItems([column.name for column in profile.columns])
        box.setCurrentText(spec.data.target.name)
        box.textActivated.connect(self._choose)
        self._notice.add(box)

    def _choose(self, target: str) -> None:
        if self._began is not None:
            self._opening.retarget(self._began.data, target)

    def _forget(self) -> None:
        self._began = self._notice = None


def _seen(notice: Notice) -> bool:
    import shiboken6

    return shiboken6.isValid(notice) and notice.parent() is not None


def _nothing() -> None:
    return

"""After data was dropped: a notice says what was guessed, a list lets choose another target."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox, QLabel

from app.notices import Notice, Notices
from app.opening import Opening
from app.project import Project
from app.start.starter import Started
from app.style import set_role

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
        data = self._project.analysis.spec.data
        aim = f" It predicts '{data.target.name}'." if data and data.target else ""
        text = f"{began.spec.name} is written.{aim} Press Train when you are ready."
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
        label = QLabel("Predict")
        set_role(label, "muted")
        self._notice.add(label)

    def _choose(self, target: str) -> None:
        if self._began is not None:
            self._opening.retarget(self._began.data, target)

    def withdraw(self) -> None:
        """Training has begun: the choice is made."""
        self._notices.withdraw(KEY)
        self._forget()

    def _forget(self) -> None:
        self._began = self._notice = None


def _seen(notice: Notice) -> bool:
    return shiboken6.isValid(notice) and notice.parent() is not None


def _nothing() -> None:
    return

"""How a run ended, when it did not end well: a sentence, what to do, and a button that does it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.style import GRID, Style, set_role
from app.train.judgement import Outcome

_COLORS = {"note": "accent", "warning": "warning", "error": "bad"}


class OutcomeBanner(QFrame):
    """A card on the ground of its severity.

    Signals:
        resume_wanted: go on with the run.
    """

    resume_wanted = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._icon, self._words, self._hint = QLabel(), QLabel(), QLabel()
        set_role(self._words, "strong")
        for label in (self._words, self._hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._resume = QPushButton("Resume")
        self._resume.clicked.connect(self.resume_wanted)
        style.set_icon(self._resume, "resume")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._words)
        texts.addWidget(self._hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, GRID + 4)
        row.setSpacing(2 * GRID)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(self._resume)
        self.hide()

    def show_outcome(self, outcome: Outcome | None) -> None:
        """Say it, or be quiet."""
        self.setVisible(outcome is not None)
        if outcome is None:
            return
        set_role(self, f"banner-{outcome.severity}")
        self._icon.setPixmap(
            self._style.pixmap(
                outcome.severity, 20, _COLORS[outcome.severity], self.devicePixelRatioF()
            )
        )
        self._words.setText(outcome.words)
        self._hint.setText(outcome.hint)
        self._hint.setVisible(bool(outcome.hint))
        self._resume.setVisible(outcome.resumable)
        self.setAccessibleName(f"{outcome.words} {outcome.hint}".strip())

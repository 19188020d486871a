"""Small parts of the form pane: names and figures, a problem in words, one edit done or refused."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.network.canvas.picture import Card
from app.network.forms import LABEL_WIDTH
from app.project import Project
from app.style import set_role
from nnspec.edits import EditRefused
from nnspec.problems import Edit, Problem


class Facts(QWidget):
    """Names and figures, two columns."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: list[tuple[str, str]]) -> None:
        """Show these; rows are made once and used again."""
        while len(self._rows) < len(facts):
            name, value = label("muted"), QLabel()
            name.setFixedWidth(LABEL_WIDTH)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(name, len(self._rows), 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, len(self._rows), 1)
            self._rows.append((name, value))
        for index, (name, value) in enumerate(self._rows):
            shown = index < len(facts)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                name.setText(facts[index][0])
                value.setText(facts[index][1])


class ProblemNote(QFrame):
    """One problem in words, with its mend where there is one."""

    fix_wanted = Signal(object)

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self._problem = problem
        set_role(self, "notice-error" if problem.severity == "error" else "notice-warning")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        for line in _lines(problem):
            label = QLabel(line)
            label.setWordWrap(True)
            column.addWidget(label)
        if problem.fix:
            button = QPushButton(problem.fix.words)
            button.clicked.connect(self._fix)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _fix(self) -> None:
        self.fix_wanted.emit(self._problem)


def _lines(problem: Problem) -> Iterator[str]:
    yield problem.message
    yield from problem.details
    if problem.hint:
        yield problem.hint


def apply(project: Project, edit: Edit | EditRefused, words: str) -> None:
    """Do a form's edit, or say why it cannot be done."""
    if isinstance(edit, EditRefused):
        project.noticed.emit("warning", f"{words}: {edit.message}.")
    else:
        project.apply((edit,), words, "form")


def sums(cards: list[Card], shape: str = "") -> list[tuple[str, str]]:
    """The figures of several cards together, as facts."""
    facts = [("output", shape)] if shape else []
    facts.append(("parameters", f"{sum(card.parameters for card in cards):,}"))
    macs = sum(card.macs for card in cards)
    return [*facts, ("multiply-adds", f"{macs:,} a sample")] if macs else facts


def label(role: str, *, wrap: bool = False) -> QLabel:
    """A label in one of the looks of the style sheet."""
    label = QLabel()
    set_role(label, role)
    label.setWordWrap(wrap)
    return label

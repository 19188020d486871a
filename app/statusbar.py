"""The strip at the bottom: is the spec whole, how big is the network, what is the run doing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar, QWidget

from app.style import Style, set_role
from app.words import count_words, plural
from nnspec.catalog import Catalog
from nnspec.document import Analysis
from trainers.check import Checked
from trainers.forecast import forecast_of, forecast_words
from trainers.profile import Profile


class StatusBar(QStatusBar):
    """Three facts, always up to date."""

    problems_clicked = Signal()
    """The user wishes to see the problems."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._problems = QPushButton()
        set_role(self._problems, "link")
        self._problems.clicked.connect(self.problems_clicked)
        self._network = QLabel()
        self._run = QLabel()
        self.setSizeGripEnabled(False)
        self.addWidget(self._problems)
        self.addWidget(self._network)
        self.addPermanentWidget(self._run)
        self.show_problems(0, 0)

    def show_problems(self, errors: int, warnings: int) -> None:
        """Tell how many problems the spec has."""
        self._problems.setText(problem_words(errors, warnings))
        name, color = ("good", "good")
        if errors or warnings:
            name, color = ("error", "bad") if errors else ("warning", "warning")
        self._style.set_icon(self._problems, name, color)
        self._problems.setToolTip("Show the problems of the spec")

    def show_network(self, words: str) -> None:
        """Tell the size of the network."""
        self._network.setText(words)

    def show_run(self, words: str) -> None:
        """Tell what the run is doing, and where."""
        self._run.setText(words)


def network_words(analysis: Analysis, profile: Profile | None, catalog: Catalog) -> str:
    """How large the network is, and what its training will take once the data is known."""
    nodes = analysis.graph.nodes
    if not nodes:
        return ""
    parameters = count_words(sum(node.parameters for node in nodes))
    words = [plural(len(nodes), "layer"), f"{parameters} parameters"]
    expected = forecast_of(Checked(analysis, profile, analysis.problems), catalog)
    if expected is not None:
        words.append(f"training: {forecast_words(expected)}")
    return "   ·   ".join(words)


def problem_words(errors: int, warnings: int) -> str:
    """`No problems`, `1 error`, `2 errors, 1 warning`."""
    found = ((errors, "error"), (warnings, "warning"))
    return ", ".join(plural(count, name) for count, name in found if count) or "No problems"

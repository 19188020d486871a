"""The Train room: everything that is known of the run, drawn from its newest state.

Events change the history; a timer draws it, at most 25 times a second and less often where drawing
is dear, so that the window stays quick however fast the run is.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.runs.run_model import RunModel
from app.style import GRID, Style, set_role
from app.train.classes import ClassTable
from app.train.confusion import ConfusionView
from app.train.curves import Curves
from app.train.figures import Figures
from app.train.judgement import class_scores, outcome, summary_words
from app.train.machine import MachineMonitor
from app.train.outcome import OutcomeBanner
from app.train.preview import Previews
from trainers.history import Confusion, History

DRAW_MS = 40
COST_FACTOR = 4
RIGHT_WIDTH = 55 * GRID
NO_MATRIX = "This run predicts a number, so there is no confusion matrix: its errors are above."
NOT_YET = "The first epoch is not judged yet."


class TrainRoom(QWidget):
    """A view of the run model.

    Signals:
        start_wanted: train the open spec.
    """

    start_wanted = Signal()

    def __init__(self, model: RunModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._style = style
        self._shown_confusion: Confusion | None = None
        self.curves = Curves(style)
        self.figures = Figures()
        self.confusion = ConfusionView(style)
        self.classes = ClassTable()
        self.machine = MachineMonitor(style)
        self.previews = Previews()
        self.banner = OutcomeBanner(style)
        self._pages = QStackedWidget()
        self._lay_out()
        self._timer = QTimer(self, singleShot=True, interval=DRAW_MS)
        self._timer.timeout.connect(self.draw)
        self.banner.resume_wanted.connect(model.resume)
        model.changed.connect(self._wait)
        self.draw()

    def reset_layout(self) -> None:
        """Give both halves the room they have at first."""
        self._split.setSizes([self.width() - RIGHT_WIDTH, RIGHT_WIDTH])

    def draw(self) -> None:
        """Bring everything up to date."""
        begun = time.perf_counter()
        model, history = self._model, self._model.history
        self._pages.setCurrentIndex(0 if model.state == "idle" else 1)
        self.banner.show_outcome(outcome(model.state, history, model.last_words))
        self.curves.update_from(history)
        self.figures.set_metrics(history.metrics)
        self.machine.set_samples(history.machine)
        self.previews.update_from(history, model.run.path if model.run else None)
        self._preview_card.setVisible(len(self.previews) > 0)
        self._draw_judgement(history)
        self._draw_notices(history)
        cost = 1000 * (time.perf_counter() - begun)
        self._timer.setInterval(max(DRAW_MS, int(COST_FACTOR * cost)))

    # ---- building -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._pages.addWidget(self._empty_page())
        self._pages.addWidget(self._content())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def _empty_page(self) -> QWidget:
        page = QWidget()
        icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        icon.setPixmap(self._style.pixmap("train", 48, "accent", self.devicePixelRatioF()))
        words = QLabel("Nothing has been trained yet", alignment=Qt.AlignmentFlag.AlignCenter)
        set_role(words, "title")
        hint = QLabel(
            "Press Train to watch loss, metrics and mistakes as they come.\n"
            "You may close the window meanwhile: the training goes on.",
            alignment=Qt.AlignmentFlag.AlignCenter,
        )
        set_role(hint, "muted")
        button = QPushButton("Train")
        button.setIconSize(QSize(18, 18))
        button.setFixedWidth(16 * GRID)
        set_role(button, "primary")
        self._style.set_icon(button, "play", "accent_text")
        button.clicked.connect(self.start_wanted)
        column = QVBoxLayout(page)
        column.setSpacing(2 * GRID)
        column.addStretch(2)
        for widget in (icon, words, hint):
            column.addWidget(widget)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        return page

    def _content(self) -> QWidget:
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self.curves)
        self._split.addWidget(self._right())
        self._split.setStretchFactor(0, 1)
        self._split.setChildrenCollapsible(False)
        set_role(self._split, "gap")
        self._split.setHandleWidth(2 * GRID)
        self._split.setSizes([100 * GRID, RIGHT_WIDTH])
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.banner)
        column.addWidget(self._split, 1)
        return page

    def _right(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.figures)
        self._preview_card = self._card("Preview", self.previews)
        column.addWidget(self._preview_card)
        self._judged_card = self._judgement_card()
        column.addWidget(self._judged_card)
        self._class_card = self._card("Classes", self.classes)
        column.addWidget(self._class_card)
        column.addWidget(self._card("Machine", self.machine))
        self._notices = QLabel()
        self._notices.setTextFormat(Qt.TextFormat.PlainText)
        self._notices.setWordWrap(True)
        self._notice_card = self._card("Notices of the run", self._notices)
        column.addWidget(self._notice_card)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumWidth(45 * GRID)
        area.setWidget(inner)
        return area

    def _card(self, title: str, *content: QWidget, beside: QWidget | None = None) -> QFrame:
        card = QFrame()
        set_role(card, "card")
        head = QLabel(title)
        set_role(head, "heading")
        row = QHBoxLayout()
        row.addWidget(head)
        row.addStretch(1)
        if beside:
            row.addWidget(beside)
        column = QVBoxLayout(card)
        column.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(row)
        for widget in content:
            column.addWidget(widget)
        return card

    def _judgement_card(self) -> QFrame:
        self._summary = QLabel()
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self._summary.setWordWrap(True)
        set_role(self._summary, "small")
        return self._card(
            "Confusion matrix", self.confusion, self._summary, beside=self._count_buttons()
        )

    def _count_buttons(self) -> QWidget:
        self._toggles = QWidget()
        row = QHBoxLayout(self._toggles)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        group = QButtonGroup(self._toggles)
        for words, normalized in (("Counts", False), ("Per cent", True)):
            button = QPushButton(words)
            button.setCheckable(True)
            button.setChecked(not normalized)
            set_role(button, "quiet")
            group.addButton(button)
            row.addWidget(button)
            if normalized:
                button.toggled.connect(self.confusion.set_normalized)
        return self._toggles

    # ---- drawing ------------------------------------------------------------------------------

    def _wait(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def showEvent(self, event: object) -> None:
        """Catch up with what came while nobody looked."""
        super().showEvent(event)  # type: ignore[arg-type]
        self.draw()

    def _draw_judgement(self, history: History) -> None:
        confusion = history.best_confusion if history.ended else history.confusion
        judged = confusion is not None
        for widget in (self.confusion, self._toggles):
            widget.setVisible(judged)
        self._class_card.setVisible(judged)
        self._judged_card.setVisible(judged or not history.epochs or _predicts(history))
        if confusion is None:
            self._summary.setText(NO_MATRIX if history.epochs else NOT_YET)
        elif confusion is not self._shown_confusion:
            self.confusion.set_confusion(confusion)
            self.classes.set_scores(class_scores(confusion))
            self._summary.setText(f"Epoch {confusion.epoch}: {summary_words(confusion)}")
        self._shown_confusion = confusion

    def _draw_notices(self, history: History) -> None:
        self._notice_card.setVisible(bool(history.notices))
        if not history.notices:
            return
        newest = list(history.notices)[-5:]
        lines = [f"{n.message}{f' ({n.hint})' if n.hint else ''}" for n in newest]
        self._notices.setText("\n".join(f"•  {line}" for line in lines))


def _predicts(history: History) -> bool:
    """Whether answers are judged by some metric; a network that makes things has losses only."""
    return any(not name.endswith("loss") for name in history.metric_names)

"""The bar above the rooms: the Train button, what the run does, how far it is, how long yet."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.runs.run_model import RunModel, RunState
from app.style import GRID, Style, set_role
from app.words import count_words, duration_words, remaining_words

LOOK_MS = 100
CHIPS: dict[RunState, tuple[str, str]] = {
    "idle": ("Ready", "chip"),
    "starting": ("Starting", "chip-accent"),
    "running": ("Training", "chip-accent"),
    "pausing": ("Pausing", "chip-warning"),
    "paused": ("Paused", "chip-warning"),
    "stopping": ("Stopping", "chip-warning"),
    "finished": ("Finished", "chip-good"),
    "stopped": ("Stopped", "chip"),
    "interrupted": ("Interrupted", "chip-warning"),
    "failed": ("Failed", "chip-bad"),
    "crashed": ("Crashed", "chip-bad"),
}


class RunBar(QFrame):
    """Mirrors the run; its buttons only tell what the user wishes.

    Signals:
        start_wanted: train the open spec.
    """

    start_wanted = Signal()

    def __init__(self, model: RunModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "bar")
        self._model = model
        self._style = style
        self.train = self._button("Train", "play", "primary")
        self.pause = self._button("Pause", "pause", "")
        self.resume = self._button("Resume", "resume", "primary")
        self.stop = self._button("Stop", "stop", "")
        self.chip = QLabel()
        self.where = QLabel()
        self.time = QLabel()
        self.progress = QProgressBar()
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        self.train.setToolTip("Train the network (F5)")
        self.pause.setToolTip("Wait at the next step; the state is saved (F6)")
        self.resume.setToolTip("Go on where the run stands (Shift+F6)")
        self.stop.setToolTip("End at the next step and keep the best epoch (Shift+F5)")
        self.setFixedHeight(8 * GRID)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 0, 3 * GRID, 0)
        row.setSpacing(GRID)
        for button in (self.train, self.resume, self.pause, self.stop):
            row.addWidget(button)
        row.addSpacing(GRID)
        row.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(GRID)
        row.addLayout(self._facts(), 1)

    def _facts(self) -> QVBoxLayout:
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress of the run")
        self.where.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.time, "muted")
        line = QHBoxLayout()
        line.addWidget(self.where)
        line.addStretch(1)
        line.addWidget(self.time)
        column = QVBoxLayout()
        column.setSpacing(GRID // 2 + 2)
        column.addStretch(1)
        column.addLayout(line)
        column.addWidget(self.progress)
        column.addStretch(1)
        return column

    def _connect(self) -> None:
        self.train.clicked.connect(self.start_wanted)
        self.pause.clicked.connect(self._model.pause)
        self.resume.clicked.connect(self._model.resume)
        self.stop.clicked.connect(self._model.stop)
        self._timer = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._timer.timeout.connect(self._show)
        self._model.changed.connect(self._wait)
        self._model.state_changed.connect(self._show)

    def _wait(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _show(self) -> None:
        model, state = self._model, self._model.state
        words, look = CHIPS[state]
        self.chip.setText(words)
        self.chip.setAccessibleName(f"The run: {words}")
        set_role(self.chip, look)
        self.train.setVisible(not model.active)
        self.train.setText("Train" if state == "idle" else "Train Again")
        self.pause.setVisible(state in {"running", "pausing"})
        self.pause.setEnabled(state == "running")
        self.resume.setVisible(state == "paused")
        self.stop.setVisible(model.active)
        self.stop.setEnabled(state != "stopping")
        self.where.setText(where_words(model))
        self.time.setText(time_words(model))
        self._show_progress()
        if state == "starting":
            self._timer.start()

    def _show_progress(self) -> None:
        state, history = self._model.state, self._model.history
        self.progress.setVisible(state != "idle")
        whole = history.steps_in_all
        if state == "starting" or not whole:
            self.progress.setRange(0, 0 if self._model.active else 1)
            return
        self.progress.setRange(0, 1000)
        done = 1.0 if state == "finished" else min(1.0, history.step / whole)
        self.progress.setValue(round(1000 * done))

    def _button(self, words: str, icon: str, role: str) -> QPushButton:
        button = QPushButton(words)
        button.setIconSize(QSize(18, 18))
        set_role(button, role)
        self._style.set_icon(button, icon, "accent_text" if role == "primary" else "muted")
        return button


def where_words(model: RunModel) -> str:
    """Where the run is: its epoch, or what it is busy with."""
    history, state = model.history, model.state
    if state == "idle":
        return "Not trained yet"
    if state == "starting":
        return f"Reading the data and building the network … {model.launch_seconds:.0f} s"
    if history.started is None:
        return ""
    # While it runs, `epoch` counts the epochs that are done.
    epoch = min(history.epoch + model.active, history.started.epochs)
    return f"Epoch {epoch} of {history.started.epochs}"


def time_words(model: RunModel) -> str:
    """How long it took, how long it will take, how fast it is."""
    history, state = model.history, model.state
    if history.started is None or state in {"idle", "starting"}:
        return ""
    words = [duration_words(history.elapsed)]
    if state == "running":
        words.append(remaining_words(history.remaining))
        if len(history.curve):
            words.append(f"{count_words(history.curve.speeds[-1])} rows/s")
    return "   ·   ".join(filter(None, words))

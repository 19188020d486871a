"""The curves of a run: loss above, a metric below, with their controls and the read-out."""

from __future__ import annotations

import math
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.style import GRID, Style, set_role
from app.train.plot import Plot
from app.train.series import Series
from app.words import metric_title, metric_words, number_words
from trainers.history import History

STEPS = "*"
"""Stands for the losses of all steps of an objective in the list of metrics."""

SMOOTHING = 0
"""The slider's place at the start: what was measured is what is shown until the user asks."""


class Swatch(QLabel):
    """A short line in a curve's colour with its name: one entry of the legend."""

    def __init__(self, words: str, color: str, style: Style) -> None:
        super().__init__()
        self._words, self._color, self._style = words, color, style
        self.setTextFormat(Qt.TextFormat.RichText)
        style.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        series = {"train": self._style.series(0), "validation": self._style.series(1)}
        color = series.get(self._color) or self._style.color(self._color)
        self.setText(
            f'<span style="color:{color.name()}">●</span>'
            f'<span style="color:{self._style.tokens.muted}"> {self._words}</span>'
        )


class Curves(QFrame):
    """A card with two plots that share their epochs and their cross-hair."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._style = style
        self._history: History | None = None
        self._revision = -1
        self._train_loss = Series(SMOOTHING / 100)
        self._rates = Series()
        self._others: dict[str, Series] = {}
        self.loss_plot = Plot("Loss", style)
        self.metric_plot = Plot("Metric", style)
        self.metric_plot.setXLink(self.loss_plot)
        self.read_out = QLabel()
        self.log = QCheckBox("Log axis")
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.metric_box = QComboBox()
        self.legend = QLabel()
        self._lay_out()
        self._connect()

    def update_from(self, history: History) -> None:
        """Take what is new in the history and draw."""
        if history is not self._history or history.revision != self._revision:
            self._start_over(history)
        self._take(history)
        self._offer_metrics(history)
        self._draw(history)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID + GRID // 2, 2 * GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addLayout(self._head())
        column.addWidget(self.loss_plot, 3)
        column.addLayout(self._middle())
        column.addWidget(self.metric_plot, 2)
        epochs = QLabel("Epochs")
        set_role(epochs, "small")
        column.addWidget(epochs, 0, Qt.AlignmentFlag.AlignHCenter)

    def _head(self) -> QHBoxLayout:
        title = QLabel("Loss")
        set_role(title, "heading")
        set_role(self.read_out, "small")
        self.read_out.setMinimumHeight(2 * GRID)
        self.smoothing.setRange(0, 99)
        self.smoothing.setValue(SMOOTHING)
        self.smoothing.setFixedWidth(12 * GRID)
        self.smoothing.setAccessibleName("Smoothing of the training curve")
        self.smoothing.setToolTip("How much of the past is averaged; the raw trace stays behind it")
        words = QLabel("Smoothing")
        set_role(words, "small")
        self.fit = QToolButton()
        self.fit.setIconSize(QSize(18, 18))
        self.fit.setAccessibleName("Show everything")
        self.fit.setToolTip("Show everything (double click)")
        self._style.set_icon(self.fit, "fit")
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(title)
        row.addWidget(Swatch("Training", "train", self._style))
        row.addWidget(Swatch("Validation", "validation", self._style))
        row.addWidget(Swatch("Best epoch", "good", self._style))
        row.addStretch(1)
        for widget in (words, self.smoothing, self.log, self.fit):
            row.addWidget(widget)
        return row

    def _middle(self) -> QHBoxLayout:
        self.metric_box.setAccessibleName("Metric to show")
        self.metric_box.setMinimumWidth(16 * GRID)
        self.metric_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        row = QHBoxLayout()
        row.addWidget(self.metric_box)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        row.addWidget(self.legend)
        row.addStretch(1)
        row.addWidget(self.read_out)
        return row

    def _connect(self) -> None:
        self.smoothing.valueChanged.connect(self._smooth)
        self.log.toggled.connect(self._use_log)
        self.fit.clicked.connect(self._fit)
        self._style.changed.connect(self._redraw)
        self.metric_box.currentIndexChanged.connect(self._redraw)
        for plot in (self.loss_plot, self.metric_plot):
            plot.pointed.connect(self._point)

    # ---- data ---------------------------------------------------------------------------------

    def _start_over(self, history: History) -> None:
        self._history, self._revision = history, history.revision
        self._train_loss.clear()
        self._rates.clear()
        self._others.clear()
        self._fit()

    def _take(self, history: History) -> None:
        curve, known = history.curve, len(self._train_loss)
        per_epoch = history.started.steps_per_epoch if history.started else 1
        if len(curve) > known:
            steps = curve.steps[known:]
            epochs = [step / per_epoch for step in steps]
            self._train_loss.extend(epochs, curve.losses[known:])
            self._rates.extend(epochs, curve.lrs[known:])
        for name in history.metric_names:
            series = self._others.setdefault(name, Series())
            new = history.epochs[len(series) :]
            series.extend(
                [epoch.step / per_epoch for epoch in new],
                [epoch.metrics.get(name, math.nan) for epoch in new],
            )

    def _offer_metrics(self, history: History) -> None:
        names = list(dict.fromkeys(_plain(n) for n in history.metric_names if _plain(n) != "loss"))
        names += ["lr"] if len(history.curve) else []
        names = [STEPS, *names] if len(_steps_in(history)) > 1 else names
        if names != [self.metric_box.itemData(i) for i in range(self.metric_box.count())]:
            self.metric_box.blockSignals(True)  # noqa: FBT003 - Qt's own signature
            self.metric_box.clear()
            for name in names:
                title = "Losses of the steps" if name == STEPS else metric_title(name)
                self.metric_box.addItem(title, name)
            self.metric_box.blockSignals(False)  # noqa: FBT003
        self.metric_box.setVisible(bool(names))

    # ---- drawing ------------------------------------------------------------------------------

    def _draw(self, history: History) -> None:
        nothing = Series()
        self.loss_plot.show_curves(self._train_loss, self._others.get("val_loss", nothing))
        name = self.metric_box.currentData()
        train = self._rates if name == "lr" else self._others.get(f"train_{name}", nothing)
        validation = self._others.get(f"val_{name}") or self._others.get(str(name), nothing)
        self.metric_plot.show_curves(train, validation)
        steps = _steps_in(history) if name == STEPS else []
        self.metric_plot.show_others([self._others[f"train_{step}"] for step in steps])
        self._name_steps(steps)
        best = history.best
        per_epoch = history.started.steps_per_epoch if history.started else 1
        for plot in (self.loss_plot, self.metric_plot):
            plot.show_best(best.step / per_epoch if best else None)

    def _name_steps(self, steps: list[str]) -> None:
        """Say which colour is which step's."""
        words = self._style.tokens.muted
        parts = [
            f'<span style="color:{self._style.series(index).name()}">●</span>'
            f'<span style="color:{words}"> {escape(step.removesuffix("_loss"))}</span>'
            for index, step in enumerate(steps)
        ]
        self.legend.setText(" &nbsp; ".join(parts))
        self.legend.setVisible(bool(parts))

    def _redraw(self) -> None:
        if self._history is not None:
            self._draw(self._history)

    def _smooth(self, hundredths: int) -> None:
        self._train_loss.set_weight(hundredths / 100)
        self._redraw()

    def _use_log(self, on: bool) -> None:  # noqa: FBT001 - a toggle's slot
        self.loss_plot.set_log(on)
        self._redraw()

    def _fit(self) -> None:
        for plot in (self.loss_plot, self.metric_plot):
            plot.fit()

    def _point(self, epoch: float) -> None:
        for plot in (self.loss_plot, self.metric_plot):
            plot.show_cross(epoch)
        self.read_out.setText("" if math.isnan(epoch) else self._words_at(epoch))

    def _words_at(self, epoch: float) -> str:
        words = [f"Epoch {max(0.0, epoch):.2f}"]
        nothing = Series()
        loss = self._train_loss.at(epoch)
        if math.isfinite(loss):
            words.append(f"training loss {number_words(loss)}")
        shown = self.metric_box.currentData()
        named = [f"train_{step}" for step in _steps_in(self._history)] if shown == STEPS else []
        for name in ("val_loss", f"val_{shown}", *named):
            value = self._others.get(name, nothing).at(epoch)
            if math.isfinite(value):
                words.append(f"{metric_title(name).lower()} {metric_words(name, value)}")
        return "   ·   ".join(words)


def _plain(name: str) -> str:
    return name.removeprefix("train_").removeprefix("val_")


def _steps_in(history: History | None) -> list[str]:
    """The losses of several steps of an objective: `critic_loss`, `painter_loss`."""
    names = history.metric_names if history else ()
    found = (name.removeprefix("train_") for name in names if name.startswith("train_"))
    return [name for name in found if name.endswith("_loss")]

"""One plot of training and validation: raw trace, smoothed curve, best epoch, cross-hair.

Long curves are thinned to the extremes of what each pixel shows (pyqtgraph's peak method), so that
no spike is lost; nothing is drawn between two calls of `show_curves`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from app.style import Style
from app.train.series import Series, drawable

RAW_OPACITY = 0.4
MOST_MARKS = 40
"""With more epochs than that, marks would hide their curve."""
SHORT = 4_000
"""Up to so many points a curve is drawn smooth and wide, which is dear."""


class Plot(pg.PlotWidget):
    """Two curves over epochs.

    Signals:
        pointed: the mouse is over this epoch (a float); nan when it left.
    """

    pointed = Signal(float)

    def __init__(self, title: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, enableMenu=False)
        self._style = style
        self._log = False
        self._wide: bool | None = None
        self.setAccessibleName(title)
        self.setMinimumHeight(140)
        self._item: Any = self.getPlotItem()
        item = self._item
        # pyqtgraph makes this menu without an owner, so that it would outlive the plot.
        item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())
        item.hideButtons()
        item.setClipToView(True)
        item.setDownsampling(auto=True, mode="peak")
        item.getViewBox().setDefaultPadding(0.04)
        item.getViewBox().setLimits(xMin=0)
        self._raw = self._curve()
        self._train = self._curve()
        self._validation = self._curve()
        self._validation.setSymbol("o")
        self._others: list[pg.PlotDataItem] = []
        self._best = pg.InfiniteLine(angle=90)
        self._cross = pg.InfiniteLine(angle=90)
        for line in (self._best, self._cross):
            line.setVisible(False)
            item.addItem(line, ignoreBounds=True)
        scene: Any = self.scene()
        scene.sigMouseMoved.connect(self._point)
        style.changed.connect(self._dress)
        self._dress()

    def show_curves(self, train: Series, validation: Series) -> None:
        """Draw the newest points."""
        self._widen(short=len(train) <= SHORT)
        smooth = drawable(train.smooth, log=self._log)
        self._train.setData(train.x, smooth)
        raw = drawable(train.y, log=self._log)
        self._raw.setData(train.x, raw)
        self._raw.setVisible(len(train) > 0 and train.smooth is not train.y)
        self._validation.setData(validation.x, drawable(validation.y, log=self._log))
        marked = self._validation.opts["symbol"] is not None
        if marked != (len(validation) <= MOST_MARKS):
            symbol: Any = None if marked else "o"
            self._validation.setSymbol(symbol)

    def show_others(self, curves: Sequence[Series]) -> None:
        """Draw further curves, each in the next colour of the theme; none takes them away."""
        while len(self._others) < len(curves):
            self._others.append(self._curve())
            self._dress_others()
        for item, series in itertools.zip_longest(self._others, curves):
            y = drawable(series.y, log=self._log) if series else ()
            item.setData(series.x if series else (), y)

    def show_best(self, epoch: float | None) -> None:
        """Mark the best epoch."""
        self._best.setVisible(epoch is not None)
        if epoch is not None:
            self._best.setValue(epoch)

    def show_cross(self, epoch: float) -> None:
        """Draw the cross-hair at an epoch; nan hides it."""
        visible = epoch == epoch
        self._cross.setVisible(visible)
        if visible:
            self._cross.setValue(epoch)

    def set_log(self, on: bool) -> None:  # noqa: FBT001 - a toggle's slot
        """Use a logarithmic axis."""
        self._log = on
        self._item.setLogMode(y=on)

    def fit(self) -> None:
        """Show everything, and go on doing so while points come."""
        self._item.enableAutoRange()

    def leaveEvent(self, ev: Any) -> None:
        """The mouse is gone."""
        super().leaveEvent(ev)
        self.pointed.emit(float("nan"))

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """A double click shows everything."""
        self.fit()

    def _curve(self) -> pg.PlotDataItem:
        curve = pg.PlotDataItem(connect="finite", autoDownsample=True, downsampleMethod="peak")
        curve.setClipToView(True)
        self._item.addItem(curve)
        return curve

    def _widen(self, *, short: bool) -> None:
        if short == self._wide:
            return
        self._wide = short
        self._train.setPen(pg.mkPen(self._style.series(0), width=2 if short else 1))
        for curve in (self._raw, self._train, self._validation):
            curve.opts["antialias"] = short
            curve.curve.opts["antialias"] = short

    def _point(self, where: QPointF) -> None:
        box = self._item.getViewBox()
        inside = box.sceneBoundingRect().contains(where)
        self.pointed.emit(box.mapSceneToView(where).x() if inside else float("nan"))

    def _dress_others(self) -> None:
        for index, curve in enumerate(self._others):
            curve.setPen(pg.mkPen(self._style.series(index), width=2))

    def _dress(self) -> None:
        self._dress_others()
        style = self._style
        self.setBackground(style.color("surface"))
        train, validation = style.series(0), style.series(1)
        faint = QColor(train)
        faint.setAlphaF(RAW_OPACITY)
        self._raw.setPen(pg.mkPen(faint, width=1))
        self._validation.setPen(pg.mkPen(validation, width=2))
        self._wide = None
        self._widen(short=True)
        self._validation.setSymbolSize(5)
        self._validation.setSymbolPen(pg.mkPen(validation))
        self._validation.setSymbolBrush(pg.mkBrush(style.color("surface")))
        self._best.setPen(QPen(style.color("good"), 0, Qt.PenStyle.DashLine))
        self._cross.setPen(QPen(style.color("faint"), 0))
        item = self._item
        item.showGrid(x=False, y=True, alpha=0.12)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(style.color("line_strong"))
            axis.setTextPen(style.color("muted"))
            axis.setTickFont(style.font("small"))
        item.getAxis("left").setWidth(52)

"""The program's window, telling what happens to it: when it can be seen, how its loop runs."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QShowEvent

from app.window import Window

TICK_MS = 5
Say = Callable[..., None]


class Ticks(QObject):
    """A timer of 5 ms, and how late it comes."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.gaps: list[float] = []
        self._begun = self._last = time.perf_counter()
        self._worked = time.process_time()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000)
        self._last = now

    def figures(self) -> tuple[float, float, float, int, float]:
        """Median, p99 and longest in ms; how many over 100 ms; this process in % of a core."""
        gaps = sorted(self.gaps)
        work = (time.process_time() - self._worked) / (time.perf_counter() - self._begun)
        over = sum(gap > 100 for gap in gaps)
        return gaps[len(gaps) // 2], gaps[int(len(gaps) * 0.99)], gaps[-1], over, work * 100


class Teller(QObject):
    """Watches a window from inside its process and says what happens."""

    def __init__(self, window: Window, say: Say, *, train: bool) -> None:
        super().__init__(window)
        self._window, self._say, self._train = window, say, train
        self._ticks: Ticks | None = None
        self._visible = self._clicked = False
        self._poll = QTimer(self, interval=TICK_MS)
        self._poll.timeout.connect(self._look)
        window.windowHandle().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Expose and not self._visible:
            self._visible = True
            QTimer.singleShot(0, self, self._show)  # behind the first painting
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        self._say("visible")
        self._poll.start()

    def _look(self) -> None:
        """Say what has come to pass since the last look."""
        if not self._train:
            if "train" in self._window._made:
                self._poll.stop()
                self._say("loaded")
        elif not self._clicked:
            self._click()
        elif self._ticks is None:
            self._find_point()
        elif not self._window.run_model.active:
            self._poll.stop()
            self._say("ended", *self._ticks.figures())

    def _click(self) -> None:
        from PySide6.QtTest import QTest

        project = self._window.project
        if project.profile is not None and project.analysis.sound:
            self._clicked = True
            self._say("clicked")
            QTest.mouseClick(self._window.run_bar.train, Qt.MouseButton.LeftButton)

    def _find_point(self) -> None:
        from app.train.room import TrainRoom

        room = self._window._made.get("train")
        drawn = isinstance(room, TrainRoom) and not room._timer.isActive()
        if len(self._window.run_model.history.curve) and drawn:
            self._say("drawn")
            self._ticks = Ticks(self)


def watched(plain: type[Window], say: Say, *, train: bool) -> type[Window]:
    """Return the window's class with somebody who tells."""

    class WatchedWindow(plain):
        teller: Teller | None = None

        def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
            super().showEvent(event)
            if self.teller is None:
                self.teller = Teller(self, say, train=train)

    return WatchedWindow

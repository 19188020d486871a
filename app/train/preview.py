"""The pictures a run draws after its epochs: the newest one, and a slider back to the first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QVBoxLayout, QWidget

from app.style import GRID, set_role
from trainers.history import History

HEIGHT = 42 * GRID
"""The tallest a picture is shown, in pixels."""


class SharpPicture(QWidget):
    """Shows a picture as large as fits, each of its pixels a clear square."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = QPixmap()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_picture(self, picture: QPixmap) -> None:
        """Show another one."""
        if picture.size() != self.picture.size():
            self.updateGeometry()
        self.picture = picture
        self.update()

    def heightForWidth(self, width: int) -> int:
        """As high as the picture is at this width, within a limit."""
        if self.picture.isNull():
            return 0
        return min(HEIGHT, round(width * self.picture.height() / self.picture.width()))

    def sizeHint(self) -> QSize:
        """A width that needs no scrolling, and the height for it."""
        width = HEIGHT
        return QSize(width, self.heightForWidth(width))

    def area(self) -> QRectF:
        """Where the picture is drawn: whole pixels for each of its own as soon as there is room."""
        size = self.picture.size()
        fit = min(self.width() / size.width(), self.height() / size.height())
        ratio = self.devicePixelRatioF()
        scale = max(1, int(fit * ratio)) / ratio if fit * ratio >= 1 else fit
        width, height = size.width() * scale, size.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it without smoothing, unless it has to be made smaller."""
        if self.picture.isNull():
            return
        painter, area = QPainter(self), self.area()
        smaller = area.width() < self.picture.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=smaller)
        painter.drawPixmap(area, self.picture, QRectF(self.picture.rect()))
        painter.end()


class Previews(QWidget):
    """The previews of one run. It follows the newest until the slider is drawn back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paths: list[Path] = []
        self._known: tuple[Path | None, int] = (None, 0)
        self._shown: tuple[Path, int] | None = None
        self.picture = SharpPicture()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Epoch of the preview")
        self.slider.setToolTip("Earlier epochs; at the right end it follows the newest")
        self._words = QLabel()
        set_role(self._words, "small")
        self._words.setMinimumWidth(11 * GRID)
        below = QHBoxLayout()
        below.setSpacing(GRID)
        below.addWidget(self.slider, 1)
        below.addWidget(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.picture)
        column.addLayout(below)
        self.slider.valueChanged.connect(self._show)

    def __len__(self) -> int:
        return len(self._paths)

    def update_from(self, history: History, run: Path | None) -> None:
        """Take what the run has drawn up to now; looks at its folder only when there is more."""
        newest = history.preview
        known = (run, newest.step if newest else 0)
        if known == self._known:
            return
        follows = run != self._known[0] or self.slider.value() == self.slider.maximum()
        self._known = known
        self._paths = _drawn(run / newest.path) if run and newest else []
        last = len(self._paths) - 1
        self.slider.setEnabled(last > 0)
        self.slider.setMaximum(max(0, last))
        self.slider.setPageStep(max(1, last // 10))
        if follows:
            self.slider.setValue(max(0, last))
        self._show()

    def _show(self) -> None:
        if not self._paths:
            return
        path = self._paths[self.slider.value()]
        shown = (path, self._known[1] if path == self._paths[-1] else 0)
        if shown == self._shown:
            return
        self._shown = shown
        words = f"Epoch {int(path.stem.rpartition('_')[2])}"
        self._words.setText(words)
        self.picture.setAccessibleName(f"Preview after {words.lower()}")
        self.picture.show_picture(QPixmap(str(path)))


def _drawn(newest: Path) -> list[Path]:
    """The pictures of all epochs up to the newest one; later ones are of a future taken back."""
    stem = newest.stem.rpartition("_")[0]
    found = [path for path in newest.parent.glob(f"{stem}_*.png") if _epoch(path) is not None]
    wanted = [path for path in found if (_epoch(path) or 0) <= (_epoch(newest) or 0)]
    return sorted(wanted, key=lambda path: _epoch(path) or 0)


def _epoch(path: Path) -> int | None:
    digits = path.stem.rpartition("_")[2]
    return int(digits) if digits.isdecimal() else None

"""How a template is drawn: the picture of its network, its title, and when to choose it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QTextLayout,
    QTextOption,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.start.gallery_model import TEMPLATE, Index
from app.style import GRID, Style
from trainers.templates import Template

PICTURE = QSize(240, 120)
LINES = 4
"""How many lines of a sentence a card has room for; the whole of it is in the tooltip."""

LEAST_WIDTH = PICTURE.width() + 5 * GRID
HEADING_HEIGHT = 6 * GRID
CARD_HEIGHT = PICTURE.height() + 15 * GRID
_GAP = GRID
_RADIUS = 10.0


class Pictures:
    """The pictures of templates, each rendered when it is first to be seen."""

    def __init__(self) -> None:
        self._made: dict[tuple[Path, float], QPixmap] = {}

    def __len__(self) -> int:
        return len(self._made)

    def of(self, template: Template, ratio: float) -> QPixmap:
        """The picture, `ratio` screen pixels for each of its own; null where there is none."""
        key = (template.picture, ratio)
        if key not in self._made:
            self._made[key] = _rendered(template.picture, ratio)
        return self._made[key]


def _rendered(path: Path, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(str(path)) if path.is_file() else QSvgRenderer()
    if not renderer.isValid():
        return QPixmap()
    picture = QPixmap(PICTURE * ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


class CardDelegate(QStyledItemDelegate):
    """Draws a heading as wide as the view, and a template as a card of the view's `card_width`."""

    def __init__(self, style: Style, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.pictures = Pictures()
        self.width = LEAST_WIDTH
        self.card_width = LEAST_WIDTH

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A heading breaks the row of cards, because nothing else fits beside it."""
        if index.data(TEMPLATE) is None:
            return QSize(self.width, HEADING_HEIGHT)
        return QSize(self.card_width, CARD_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row of the model."""
        rect, state = QRect(option.rect), option.state  # type: ignore[attr-defined]
        template = index.data(TEMPLATE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if template is None:
            self._paint_heading(painter, rect, str(index.data()))
        else:
            box = QRectF(rect).adjusted(0.5, 0.5, -_GAP - 0.5, -_GAP - 0.5)
            hovered = bool(state & QStyle.StateFlag.State_MouseOver)
            self._paint_ground(painter, box, hot=hovered, current=_is_current(state))
            self._paint_picture(painter, box, template)
            self._paint_words(painter, box, template)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, words: str) -> None:
        painter.setFont(self._style.font("heading"))
        painter.setPen(self._style.color("text"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(rect.adjusted(0, 0, 0, -GRID - GRID // 2), int(flags), words)

    def _paint_ground(self, painter: QPainter, box: QRectF, *, hot: bool, current: bool) -> None:
        style = self._style
        edge = "accent" if current else "line_strong" if hot else "line"
        painter.setPen(QPen(style.color(edge), 2.0 if current else 1.0))
        painter.setBrush(style.color("surface"))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        top = QRectF(box.left(), box.top(), box.width(), PICTURE.height() + 2.0)
        whole, strip = QPainterPath(), QPainterPath()
        whole.addRoundedRect(box.adjusted(1, 1, -1, -1), _RADIUS - 1, _RADIUS - 1)
        strip.addRect(top)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.color("accent_soft" if hot or current else "sunken"))
        painter.drawPath(whole.intersected(strip))

    def _paint_picture(self, painter: QPainter, box: QRectF, template: Template) -> None:
        ratio = painter.device().devicePixelRatio()
        picture = self.pictures.of(template, ratio)
        if picture.isNull():
            picture = self._style.pixmap("network", 40, "muted", ratio)
        size = picture.deviceIndependentSize()
        middle = box.top() + 1 + PICTURE.height() / 2
        place = QPointF(box.center().x() - size.width() / 2, middle - size.height() / 2)
        painter.drawPixmap(place, picture)

    def _paint_words(self, painter: QPainter, box: QRectF, template: Template) -> None:
        left, width = box.left() + 1.5 * GRID, box.width() - 3 * GRID
        font = self._style.font("body", strong=True)
        metrics = QFontMetrics(font)
        top = box.top() + PICTURE.height() + 1.25 * GRID
        painter.setFont(font)
        painter.setPen(self._style.color("text"))
        title = metrics.elidedText(template.title, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QPointF(left, top + metrics.ascent()), title)
        painter.setPen(self._style.color("muted"))
        top += metrics.height() + GRID / 2
        _write(painter, self._style.font("small"), QRectF(left, top, width, 0), template.when)


def _is_current(state: QStyle.StateFlag) -> bool:
    flag = QStyle.StateFlag
    return bool(state & flag.State_HasFocus) or bool(state & flag.State_Selected)


def _write(painter: QPainter, font: object, box: QRectF, words: str) -> None:
    """Write words over at most `LINES` lines, the last one cut short where there are more."""
    layout = QTextLayout(words, font)  # type: ignore[arg-type]
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    metrics = QFontMetrics(font)  # type: ignore[arg-type]
    painter.setFont(font)  # type: ignore[arg-type]
    layout.beginLayout()
    baseline = box.top() + metrics.ascent()
    for number in range(LINES):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(box.width())
        start, length = line.textStart(), line.textLength()
        shown = words[start : start + length].rstrip()
        if number == LINES - 1:
            end = Qt.TextElideMode.ElideRight
            shown = metrics.elidedText(words[start:], end, int(box.width()))
        painter.drawText(QPointF(box.left(), baseline), shown)
        baseline += metrics.lineSpacing()
    layout.endLayout()

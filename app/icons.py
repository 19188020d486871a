"""Icons from our own SVG files, drawn in the colour the theme wants.

A file is a 24 x 24 drawing of 1.5-unit strokes in `currentColor`; the colour is put in as text
before Qt renders it, so that one file serves both themes, disabled buttons and dense screens.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nnspec.resources import resource

SIZES = (16, 20, 24, 32)
RATIOS = (1.0, 2.0)


def tinted_icon(name: str, color: str, disabled: str) -> QIcon:
    """The icon `resources/icons/<name>.svg` in `color`, and in `disabled` where a button is off."""
    icon = QIcon()
    for mode, tint in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, disabled)):
        for size in SIZES:
            for ratio in RATIOS:
                icon.addPixmap(tinted_pixmap(name, tint, QSize(size, size), ratio), mode)
    return icon


def tinted_pixmap(name: str, color: str, size: QSize, ratio: float = 1.0) -> QPixmap:
    """One picture; `size` in device-independent pixels of `ratio` screen pixels each."""
    picture = QPixmap(size * ratio)
    picture.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(tinted_source(name, color).encode()))
    painter = QPainter(picture)
    renderer.render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def tinted_source(name: str, color: str) -> str:
    """The text of the SVG file with its colour put in."""
    return _source(name).replace("currentColor", color)


@cache
def _source(name: str) -> str:
    return resource("icons", *f"{name}.svg".split("/")).read_text(encoding="utf-8")

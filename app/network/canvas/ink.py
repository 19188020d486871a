"""Pens, brushes, fonts and icons of the canvas, made once per theme and shared by every item.

Making a `QPen` from a token in every paint would be most of the cost of painting a thousand nodes.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPen, QPixmap

from app.style import Style
from nnspec.resources import resource

ICON = 18

_ICONS = {
    path.stem: path.stem for path in resource("icons", "layers").iterdir() if path.suffix == ".svg"
}


class Ink:
    """What the items of a scene draw with."""

    def __init__(self, style: Style) -> None:
        color = style.color
        self._style = style
        self.canvas = color("window")
        self.face = QBrush(color("surface"))
        self.text = QPen(color("text"))
        self.muted = QPen(color("muted"))
        self.rim = _pen(color("line_strong"), 1.0)
        self.selected = _pen(color("accent"), 2.0)
        self.accent = QBrush(color("accent"))
        self.halo = QBrush(color("accent", 0.12))
        self.wire = _pen(_mixed(color("muted"), self.canvas, 0.75), 1.6)
        self.wire_lit = _pen(color("accent"), 2.4)
        self.bad = QBrush(color("bad"))
        self.bad_rim = _pen(color("bad"), 1.5)
        self.warning = QBrush(color("warning"))
        self.warning_rim = _pen(color("warning"), 1.5)
        self.on_badge = _pen(color("surface"), 1.8)
        self.title = style.font("body", strong=True)
        self.small = style.font("small")
        self.small_lines = QFontMetricsF(self.small)
        self.title_lines = QFontMetricsF(self.title)
        self._families: dict[str, tuple[QBrush, QBrush]] = {}
        self._icons: dict[str, QPixmap] = {}

    def family(self, group: str) -> tuple[QBrush, QBrush]:
        """The brushes of a group of layers: full, and as a quiet ground."""
        if group not in self._families:
            full = QColor(self._style.tokens.family(look(group)))
            quiet = QColor(full)
            quiet.setAlphaF(0.15)
            self._families[group] = (QBrush(full), QBrush(quiet))
        return self._families[group]

    def icon(self, group: str) -> QPixmap:
        """The icon of a group of layers in its colour, at twice the size it is drawn."""
        if group not in self._icons:
            tint = self._style.tokens.family(look(group))
            self._icons[group] = self._style.pixmap(icon_name(group), ICON, tint, 2.0)
        return self._icons[group]


def look(group: str) -> str:
    """The family of colours and icons that a group of layers has."""
    return {"combine": "merge"}.get(group.lower(), group.lower())


def icon_name(group: str) -> str:
    """The name of a group's icon; the general one where the group has none of its own."""
    return f"layers/{_ICONS.get(look(group), 'layer')}"


def _pen(color: QColor, width: float) -> QPen:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """An opaque mixture: wires that lie on each other must not grow darker."""
    rest = 1 - share
    return QColor(
        round(one.red() * share + other.red() * rest),
        round(one.green() * share + other.green() * rest),
        round(one.blue() * share + other.blue() * rest),
    )

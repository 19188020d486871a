"""How the window looks: the live `Style`, which gives out colours, fonts and icons of the theme.

Every colour, margin, font and icon in the window comes from here. A widget is given the one `Style`
of the program, asks it for tokens, and listens to `changed` when it paints by hand; what the style
sheet covers follows the theme by itself. Looks are chosen by the dynamic property `role`
(`set_role(button, "primary")`), never by a style sheet of a widget's own.
"""

from __future__ import annotations

import weakref
from functools import cache
from typing import Literal, Protocol

import shiboken6
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from app.icons import tinted_icon, tinted_pixmap
from app.stylesheet import stylesheet
from app.tokens import DARK, GRID, LIGHT, MONO, SANS, SIZES, TextRole, Tokens

__all__ = ["DARK", "GRID", "LIGHT", "Style", "Theme", "Tokens", "apply", "font", "set_role"]

Theme = Literal["system", "light", "dark"]


class _Iconed(Protocol):
    def setIcon(self, icon: QIcon, /) -> None: ...


class Style(QObject):
    """The look of the running program: which theme is on, and fonts, colours and icons in it."""

    changed = Signal()
    """The tokens are others now: whatever is painted by hand has to be painted again."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._theme: Theme = "system"
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._bound: list[tuple[weakref.ref[_Iconed], str, str]] = []
        self.tokens = LIGHT
        application.setStyle("Fusion")
        application.setFont(self.font("body"))
        application.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def theme(self) -> Theme:
        """What was asked for; `tokens.name` says what is shown."""
        return self._theme

    def set_theme(self, theme: Theme) -> None:
        """Show this theme; `system` follows the desktop, now and later."""
        self._theme = theme
        wanted = DARK if self._is_dark(theme) else LIGHT
        if wanted is self.tokens and self._application.styleSheet():
            return
        self.tokens = wanted
        self._icons.clear()
        self._application.setPalette(palette(wanted))
        self._application.setStyleSheet(stylesheet(wanted))
        self._tint_bound()
        self.changed.emit()

    def color(self, name: str, opacity: float = 1.0) -> QColor:
        """The token of that name (`accent`, `muted` …) as a colour, `opacity` from 0 to 1."""
        made = QColor(getattr(self.tokens, name))
        made.setAlphaF(opacity)
        return made

    def series(self, index: int) -> QColor:
        """The colour of curve number `index`, counted from 0; they repeat after the last."""
        return QColor(self.tokens.series[index % len(self.tokens.series)])

    def font(self, role: TextRole = "body", *, strong: bool = False) -> QFont:
        """A font of the type scale."""
        return font(role, strong=strong)

    def icon(self, name: str, color: str = "muted") -> QIcon:
        """The icon `resources/icons/<name>.svg` in a token's colour, or in a `#rrggbb`."""
        key = (name, color)
        if key not in self._icons:
            tint = color if color.startswith("#") else getattr(self.tokens, color)
            self._icons[key] = tinted_icon(name, tint, self.tokens.faint)
        return self._icons[key]

    def pixmap(self, name: str, size: int, color: str = "muted", ratio: float = 1.0) -> QPixmap:
        """One picture of an icon, `size` device-independent pixels wide, for painting by hand."""
        tint = color if color.startswith("#") else getattr(self.tokens, color)
        return tinted_pixmap(name, tint, QSize(size, size), ratio)

    def set_icon(self, target: _Iconed, name: str, color: str = "muted") -> None:
        """Give a button or an action an icon that follows the theme from now on."""
        self._bound = [bound for bound in self._bound if bound[0]() not in {None, target}]
        self._bound.append((weakref.ref(target), name, color))
        target.setIcon(self.icon(name, color))

    def _tint_bound(self) -> None:
        self._bound = [bound for bound in self._bound if _lives(bound[0]())]
        for reference, name, color in self._bound:
            target = reference()
            if target is not None:
                target.setIcon(self.icon(name, color))

    def _is_dark(self, theme: Theme) -> bool:
        if theme == "system":
            return self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return theme == "dark"

    def _follow_system(self) -> None:
        if self._theme == "system":
            self.set_theme("system")


def apply(application: QApplication, theme: Theme = "system") -> Style:
    """Give the application the house style in `theme`; a second call only changes the theme."""
    style = application.findChild(Style) or Style(application)
    style.set_theme(theme)
    return style


def font(role: TextRole = "body", *, strong: bool = False) -> QFont:
    """A font of the type scale in the first family this machine has."""
    made = QFont(_families(MONO if role == "mono" else SANS))
    made.setPixelSize(SIZES[role])
    if role == "mono":
        made.setStyleHint(QFont.StyleHint.Monospace)
    if strong or role in {"heading", "title"}:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def set_role(widget: QWidget, role: str) -> None:
    """Choose a look of the style sheet.

    Buttons: primary, quiet, danger. Frames: card, bar, well. Labels: title, heading, muted, small,
    good, warning, bad, chip.
    """
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def palette(tokens: Tokens) -> QPalette:
    """The tokens as Qt's palette, for whatever the style sheet leaves to Fusion."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, color in (
        (role.Window, tokens.window),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.window),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.muted),
        (role.Button, tokens.raised),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.bad),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.accent_text),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.Link, tokens.accent),
        (role.LinkVisited, tokens.accent),
        (role.Accent, tokens.accent),
        (role.Light, tokens.raised),
        (role.Midlight, tokens.line),
        (role.Mid, tokens.line_strong),
        (role.Dark, tokens.line_strong),
        (role.Shadow, tokens.sunken),
    ):
        made.setColor(where, QColor(color))
    disabled = QPalette.ColorGroup.Disabled
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(disabled, where, QColor(tokens.faint))
    made.setColor(disabled, role.Highlight, QColor(tokens.line_strong))
    return made


@cache
def _families(wanted: tuple[str, ...]) -> list[str]:
    known = set(QFontDatabase.families())
    return [family for family in wanted if family in known] or [QFont().family()]


def _lives(target: object) -> bool:
    return target is not None and shiboken6.isValid(target)

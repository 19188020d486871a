"""The one style sheet of the window: `resources/window.qss` in the colours of a theme."""

from __future__ import annotations

from string import Template

from app.tokens import SIZES, Tokens
from nnspec.resources import resource


def stylesheet(tokens: Tokens) -> str:
    """The style sheet of the whole application; `$accent` in the file is `tokens.accent` here."""
    colors = {
        name: value for name in tokens.__slots__ if isinstance(value := getattr(tokens, name), str)
    }
    sheet = Template(resource("window.qss").read_text(encoding="utf-8"))
    return sheet.substitute(colors, **SIZES)

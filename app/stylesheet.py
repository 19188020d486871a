"""The one style sheet of the window: `resources/window.qss` in the colours of a theme.

Qt takes the pictures of a style sheet (a tick, arrows) from files only, so the few it needs are
written in the theme's colours to the cache folder.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from app.icons import tinted_source
from app.tokens import SIZES, Tokens
from nnspec.resources import resource
from trainers.places import cache_folder

PICTURES = {
    "icon_down": ("down", "muted"),
    "icon_up": ("up", "muted"),
    "icon_check": ("check", "accent_text"),
}


def stylesheet(tokens: Tokens) -> str:
    """The style sheet of the whole application; `$accent` in the file is `tokens.accent` here."""
    colors = {
        name: value for name in tokens.__slots__ if isinstance(value := getattr(tokens, name), str)
    }
    pictures = {key: _picture(name, colors[color]) for key, (name, color) in PICTURES.items()}
    sheet = Template(resource("window.qss").read_text(encoding="utf-8"))
    return sheet.substitute(colors, **SIZES, **pictures)


def _picture(name: str, color: str) -> str:
    """The path of an icon in that colour; an empty one, which shows nothing, when it cannot be."""
    source = tinted_source(name, color)
    try:
        path = cache_folder("icons") / f"{name}-{color.lstrip('#')}.svg"
        if not path.is_file() or path.read_text(encoding="utf-8") != source:
            path.write_text(source, encoding="utf-8")
    except OSError:
        path = Path()
    return path.as_posix()

"""Colours for the YAML pane: keys, known kinds, numbers, texts, `$params`, comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.network.canvas.ink import look
from app.style import Style

_TOKEN = re.compile(
    r"""(?P<comment>(?:(?<=\s)|^)\#.*)
    |(?P<string>"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)
    |(?P<param>\$\w+|\$\{[^}]*\}?)
    |(?P<key>[^\W\d][\w-]*(?=\s*:(?:\s|$)))
    |(?P<number>(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
    |(?P<constant>(?<![\w.])(?:true|false|null|auto|~)(?![\w.]))
    |(?P<word>[^\W\d][\w.-]*)
    |(?P<mark>[-:,{}\[\]])""",
    re.VERBOSE,
)
_ITEM = re.compile(r"\s*-\s+$")


class Highlighter(QSyntaxHighlighter):
    """Colours one document. `set_groups` says which words are kinds, and of which group."""

    def __init__(self, document: QTextDocument, style: Style) -> None:
        super().__init__(document)
        self._style = style
        self._groups: Mapping[str, str] = {}
        self._formats: dict[str, QTextCharFormat] = {}
        self._repaint()
        style.changed.connect(self._repaint)

    def set_groups(self, groups: Mapping[str, str]) -> None:
        """Take these words for kinds from now on; each in the colour of its group."""
        if groups != self._groups:
            self._groups = dict(groups)
            self.rehighlight()

    def _repaint(self) -> None:
        color = self._style.color
        series = self._style.series
        self._formats = {
            "comment": _format(color("muted"), italic=True),
            "string": _format(color("good")),
            "param": _format(series(3), strong=True),
            "key": _format(color("accent")),
            "number": _format(color("warning")),
            "constant": _format(color("warning")),
            "word": _format(color("text")),
            "mark": _format(color("muted")),
        }
        self.rehighlight()

    def _kind(self, group: str) -> QTextCharFormat:
        name = "kind " + group
        if name not in self._formats:
            self._formats[name] = _format(
                QColor(self._style.tokens.family(look(group))), strong=True
            )
        return self._formats[name]

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        for found in _TOKEN.finditer(text):
            name = found.lastgroup or "word"
            start, word = found.start(), found.group()
            if name in ("key", "word") and word in self._groups and _is_kind(text, start, name):
                self.setFormat(_units(text, start), _units(word), self._kind(self._groups[word]))
            else:
                self.setFormat(_units(text, start), _units(word), self._formats[name])


def _units(text: str, end: int | None = None) -> int:
    part = text if end is None else text[:end]
    return len(part) if part.isascii() else len(part.encode("utf-16-le", "surrogatepass")) // 2


def _is_kind(text: str, start: int, name: str) -> bool:
    """A kind is the first word of a list item, or the key of settings in braces (`{sgd: …`)."""
    before = text[:start]
    return bool(_ITEM.match(before + " ")) or (name == "key" and before.rstrip().endswith("{"))


def _format(color: QColor, *, strong: bool = False, italic: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(color)
    made.setFontItalic(italic)
    if strong:
        made.setFontWeight(QFont.Weight.DemiBold)
    return made


def groups_of(kinds: Iterable[tuple[str, str]], blocks: Iterable[str]) -> dict[str, str]:
    """Words to colour as kinds: (name, group) of the catalog, and the spec's own blocks."""
    return {**dict(kinds), **dict.fromkeys(blocks, "Block")}

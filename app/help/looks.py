"""How a page of Markdown looks: type scale, code on a quiet ground, links, in the theme's colours.

Qt gives Markdown looks of its own and no style sheet to change them, so the finished document is
gone through once.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import (
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from app.style import GRID, Style
from app.tokens import TextRole

_HEADINGS: dict[int, TextRole] = {1: "title", 2: "heading"}


def dress(document: QTextDocument, style: Style) -> None:
    """Give every block and word of `document` the looks of the theme."""
    document.setDocumentMargin(2 * GRID)
    document.setIndentWidth(2 * GRID)
    for block in _blocks(document):
        level = block.blockFormat().headingLevel()
        if level:
            _dress_heading(block, style, _HEADINGS.get(level, "body"))
        elif _is_code(block):
            _dress_code(block, style)
        else:
            _dress_paragraph(block)
        _dress_words(block, style)


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _whole(block: QTextBlock) -> QTextCursor:
    cursor = QTextCursor(block)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def _dress_heading(block: QTextBlock, style: Style, role: TextRole) -> None:
    space = QTextBlockFormat()
    space.setTopMargin(0 if role == "title" else 2 * GRID)
    space.setBottomMargin(GRID / 2)
    cursor = _whole(block)
    cursor.mergeBlockFormat(space)
    look = QTextCharFormat()
    look.setFont(style.font(role, strong=True))
    look.setForeground(style.color("text"))
    cursor.mergeCharFormat(look)


def _dress_paragraph(block: QTextBlock) -> None:
    """Air below each; a list stands as one, with less between its items."""
    listed = block.textList() is not None
    after_list = not listed and block.previous().textList() is not None
    space = QTextBlockFormat()
    space.setTopMargin(GRID if after_list else 0)
    space.setBottomMargin(GRID / 2 if listed else GRID)
    space.setLineHeight(118, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    _whole(block).mergeBlockFormat(space)


def _is_code(block: QTextBlock) -> bool:
    return block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeLanguage)


def _dress_code(block: QTextBlock, style: Style) -> None:
    ground = QTextBlockFormat()
    ground.setBottomMargin(0 if _is_code(block.next()) else GRID)
    ground.setBackground(style.color("sunken"))
    ground.setNonBreakableLines(False)
    _whole(block).mergeBlockFormat(ground)


def _dress_words(block: QTextBlock, style: Style) -> None:
    """Code in the editor's letters, links in the accent."""
    parts: list[tuple[int, int, QTextCharFormat]] = []
    walk = block.begin()
    while not walk.atEnd():
        fragment = walk.fragment()
        given, look = fragment.charFormat(), QTextCharFormat()
        if given.fontFixedPitch():
            look.setFont(style.font("mono"))
        if given.isAnchor():
            look.setForeground(style.color("accent"))
            look.setFontUnderline(False)
        if look.propertyCount():
            parts.append((fragment.position(), fragment.length(), look))
        walk += 1
    for position, length, look in parts:
        cursor = QTextCursor(block)
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(look)

"""The YAML pane: a plain text editor that is one view of the project among others.

What is typed becomes the smallest splice of the text; what is changed elsewhere arrives as the
smallest edit of the document, so that cursor and scroll stay where they are. Undo belongs to the
project.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from app.network import line_edits
from app.network.completion import Offer, offers
from app.network.completion_popup import Completions
from app.network.highlighter import Highlighter, groups_of
from app.network.hover import meaning
from app.network.line_numbers import LineNumbers
from app.network.positions import character, shown, shown_index, source_index, typed, utf16
from app.project import Project
from app.style import Style
from nnspec.edits import minimal
from nnspec.problems import Problem, Span


class Editor(QPlainTextEdit):
    """Edits the project's text. `moved` carries the character index the user put the cursor at."""

    moved = Signal(int)

    def __init__(self, project: Project, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project, self._style = project, style
        self._problems: tuple[Problem, ...] = ()
        self._shown_item: Span | None = None
        self._follows = False
        self.setObjectName("editor")
        self.setAccessibleName("YAML text")
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(False)
        self.setFont(style.font("mono"))
        self.setStyleSheet(
            "QPlainTextEdit { border: none; border-radius: 0; }"
            "QAbstractScrollArea::corner { background: transparent; border: none; }"
        )
        self.highlighter = Highlighter(self.document(), style)
        self._numbers = LineNumbers(self, style, self.visible_lines, self.problems_on)
        self.completions = Completions(self, self._offers)
        self.setPlainText(shown(project.text))
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._numbers.follow)
        self.textChanged.connect(self._take_typing)
        self.cursorPositionChanged.connect(self._tell_cursor)
        project.text_changed.connect(self._follow_text)
        project.analysis_changed.connect(self._follow_analysis)
        style.changed.connect(self._mark)
        self._make_room()
        self._follow_analysis()

    # ---- the two ways of the text ------------------------------------------------------------

    def _take_typing(self) -> None:
        edit = typed(self._project.text, self.toPlainText())
        if edit:
            self._project.apply((edit,), "Typing", "editor", merge=True)

    def _follow_text(self, origin: str) -> None:
        before, now = self.toPlainText(), shown(self._project.text)
        if before == now:
            return
        self._follows = True
        if origin == "open":
            self.setPlainText(now)
        else:
            edit = minimal(before, now)
            cursor = QTextCursor(self.document())
            cursor.setPosition(utf16(before, edit.start))
            cursor.setPosition(utf16(before, edit.end), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(edit.text)
            if origin == "undo" and self.hasFocus():
                self.setTextCursor(cursor)
        self._follows = False
        if origin == "undo" and self.hasFocus():
            self._tell_cursor()

    def _follow_analysis(self) -> None:
        catalog, analysis = self._project.catalog, self._project.analysis
        kinds = [(kind.name, kind.group) for kind in catalog.of("layer")]
        for family in ("optimizer", "schedule", "loss", "metric"):
            kinds += [(kind.name, "") for kind in catalog.of(family)]
        if analysis.readable:
            self.highlighter.set_groups(groups_of(kinds, analysis.spec.blocks))
        self._problems = tuple(p for p in analysis.problems if p.span and not p.file)
        self._mark()

    # ---- cursor and selection ----------------------------------------------------------------

    @property
    def cursor_index(self) -> int:
        """The character of the project's text at which the cursor stands."""
        return self._source(self.textCursor().position())

    def _source(self, position: int) -> int:
        text = self._project.text
        return source_index(text, character(self.toPlainText(), position))

    def _position(self, index: int) -> int:
        text = self._project.text
        return utf16(self.toPlainText(), shown_index(text, min(index, len(text))))

    def _tell_cursor(self) -> None:
        if not self._follows and self.hasFocus():
            self.moved.emit(self.cursor_index)

    def show_item(self, span: Span | None, *, move: bool = True) -> None:
        """Mark the lines of an item; with `move`, put the cursor there. The focus stays."""
        self._shown_item = span
        if span and move and not self.hasFocus():
            self._go(span.start)
        self._mark()

    def go_to(self, span: Span) -> None:
        """Put the cursor at a place and the keyboard with it."""
        self.setFocus()
        self._go(span.start)
        self.moved.emit(self.cursor_index)

    def _go(self, index: int) -> None:
        self._follows = True
        cursor = self.textCursor()
        cursor.setPosition(self._position(index))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self._follows = False

    # ---- marks -------------------------------------------------------------------------------

    def _mark(self) -> None:
        marks = self._item_marks()
        if self._project.analysis.text == self._project.text:
            marks += [self._squiggle(problem) for problem in self._problems]
        self.setExtraSelections(marks)
        self._numbers.update()

    def _selection(self, start: int, end: int) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position(start))
        cursor.setPosition(self._position(end), QTextCursor.MoveMode.KeepAnchor)
        made.cursor = cursor  # type: ignore[attr-defined]
        return made

    def _item_marks(self) -> list[QTextEdit.ExtraSelection]:
        span = self._shown_item
        if span is None:
            return []
        ground = QTextCharFormat()
        ground.setBackground(self._style.color("accent_soft"))
        ground.setProperty(QTextFormat.Property.FullWidthSelection, True)  # noqa: FBT003
        marks: list[QTextEdit.ExtraSelection] = []
        block = self.document().findBlock(self._position(span.start))
        last = self.document().findBlock(self._position(max(span.start, span.end - 1)))
        while block.isValid() and block.blockNumber() <= last.blockNumber() and len(marks) < 500:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(block)  # type: ignore[attr-defined]
            mark.format = ground  # type: ignore[attr-defined]
            marks.append(mark)
            block = block.next()
        return marks

    def _squiggle(self, problem: Problem) -> QTextEdit.ExtraSelection:
        span = self._wide(problem)
        mark = self._selection(span.start, span.end)
        line = QTextCharFormat()
        line.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        line.setUnderlineColor(self._style.color(_color(problem)))
        mark.format = line  # type: ignore[attr-defined]
        return mark

    def _wide(self, problem: Problem) -> Span:
        """A span that can be seen: an empty one is widened to its line's words."""
        span, text = problem.span or Span(0, 0), self._project.text
        if span.end > span.start:
            first = text.find("\n", span.start, span.end)
            return Span(span.start, first if first > span.start else span.end)
        start = text.rfind("\n", 0, span.start) + 1
        end = text.find("\n", span.start)
        line = text[start : end if end >= 0 else len(text)]
        shift = len(line) - len(line.lstrip())
        return Span(start + shift, start + max(len(line.rstrip()), shift + 1))

    def problems_on(self, line: int) -> list[Problem]:
        """The problems of a line, counted from 1."""
        return [problem for problem in self._problems if problem.line == line]

    def _tool_tip(self, event: QHelpEvent) -> None:
        position = self.cursorForPosition(self.viewport().mapFrom(self, event.pos())).position()
        index = self._source(position)
        found = [p for p in self._problems if self._wide(p).start <= index <= self._wide(p).end]
        text, catalog = self._project.text, self._project.catalog
        words = "\n\n".join(map(tip, found)) or meaning(text, index, catalog)
        if words:
            QToolTip.showText(event.globalPos(), words, self)
        else:
            QToolTip.hideText()

    # ---- keys --------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Take keys before Qt does something else with them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.matches(QKeySequence.StandardKey.Undo) or event.matches(
                QKeySequence.StandardKey.Redo
            ):
                event.ignore()  # the window's actions undo, for typing and canvas alike
                return False
            if _is_comment_key(event):
                event.accept()
                return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tool_tip(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a key."""
        if self.completions.takes(event.key()):
            event.ignore()
            return
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Undo) or event.matches(
            QKeySequence.StandardKey.Redo
        ):
            event.ignore()
        elif key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.completions.ask()
        elif _is_comment_key(event):
            self._toggle_comment()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._new_line()
        elif key == Qt.Key.Key_Tab:
            self._indent()
        elif key == Qt.Key.Key_Backtab:
            self._change_lines(line_edits.outdented)
        else:
            super().keyPressEvent(event)
            self.completions.follow(event.text())

    def _offers(self) -> list[Offer]:
        spec = self._project.analysis.spec
        return offers(self._project.text, self.cursor_index, self._project.catalog, spec)

    def _new_line(self) -> None:
        cursor = self.textCursor()
        line = cursor.block().text()[: cursor.positionInBlock()]
        indent = len(line) - len(line.lstrip(" "))
        if line.rstrip().endswith(":"):
            indent += 4 if line.lstrip().startswith("- ") else 2
        cursor.insertText("\n" + " " * indent)
        self.ensureCursorVisible()

    def _indent(self) -> None:
        if self.textCursor().hasSelection():
            self._change_lines(line_edits.indented)
        else:
            column = self.textCursor().positionInBlock()
            self.insertPlainText(" " * (2 - column % 2))

    def _toggle_comment(self) -> None:
        lines = self._selected_lines()
        bare = any(line.strip() and not line.lstrip().startswith("#") for line in lines)
        self._change_lines(line_edits.commented if bare else line_edits.uncommented)

    def _selected_lines(self) -> list[str]:
        cursor = self.textCursor()
        document = self.document()
        first = document.findBlock(cursor.selectionStart()).blockNumber()
        last = document.findBlock(cursor.selectionEnd()).blockNumber()
        return [document.findBlockByNumber(n).text() for n in range(first, last + 1)]

    def _change_lines(self, change) -> None:
        lines = self._selected_lines()
        cursor = self.textCursor()
        first = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(cursor.selectionEnd())
        several = cursor.hasSelection()
        column = cursor.positionInBlock()
        cursor.setPosition(first.position())
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        fresh = "\n".join(change(lines))
        start = cursor.selectionStart()
        cursor.insertText(fresh)
        if several:
            cursor.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
        else:
            grown = len(fresh) - len(lines[0])
            cursor.setPosition(start + max(0, min(column + grown, len(fresh))))
        self.setTextCursor(cursor)

    # ---- the margin with the line numbers ----------------------------------------------------

    def _make_room(self) -> None:
        self.setViewportMargins(self._numbers.sizeHint().width(), 0, 0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep everything in its place, and in sight what was: problems take room from below."""
        seen = self.cursorRect().top() < event.oldSize().height()
        super().resizeEvent(event)
        if self.hasFocus() or (self._shown_item and seen):
            self.ensureCursorVisible()
        inner = self.contentsRect()
        self._numbers.setGeometry(
            QRect(inner.left(), inner.top(), self._numbers.sizeHint().width(), inner.height())
        )

    def visible_lines(self) -> Sequence[tuple[int, QRect]]:
        """Numbers (from 1) and places of the lines that can be seen."""
        lines: list[tuple[int, QRect]] = []
        block = self.firstVisibleBlock()
        area = self.blockBoundingGeometry(block).translated(self.contentOffset())
        while block.isValid() and area.top() <= self.viewport().height():
            lines.append((block.blockNumber() + 1, area.toRect()))
            block = block.next()
            area = self.blockBoundingGeometry(block).translated(self.contentOffset())
        return lines


def _is_comment_key(event: QKeyEvent) -> bool:
    control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return bool(control) and event.key() == Qt.Key.Key_Slash


def _color(problem: Problem) -> str:
    return "bad" if problem.severity == "error" else "warning"


def tip(problem: Problem) -> str:
    """A problem in the words of a tool tip."""
    lines = [problem.message, *problem.details]
    return "\n".join([*lines, problem.hint] if problem.hint else lines)

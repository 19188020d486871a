"""The help panel at the side of the window: one page of the reference, a way back, and a search.

It stands beside the room where the window is wide enough for both, and lies over it otherwise.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.help.book import SEARCH, START, search, target, text_of
from app.help.looks import dress
from app.style import GRID, Style, set_role
from nnspec.catalog import Catalog

WIDTH = 45 * GRID
BESIDE = 1320
"""From this width of the window on the room makes way for the panel."""


class Page(QTextBrowser):
    """Shows Markdown; a link is followed by the panel, which makes the page it leads to."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        set_role(self, "page")
        self.document().setDefaultFont(style.font("body"))

    def show_text(self, text: str, about: str) -> None:
        """Show a page from its top; `about` is what a screen reader calls it."""
        self.document().setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        dress(self.document(), self._style)
        self.setAccessibleName(about)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(0)


class HelpPanel(QFrame):
    """One page at a time. `closed` is emitted when the user is done with it."""

    closed = Signal()

    def __init__(self, catalog: Catalog, style: Style, over: QWidget) -> None:
        """Make it for a widget, at whose right side it lies, and whose layout makes way for it."""
        super().__init__(over)
        self._over = over
        self._catalog, self._style = catalog, style
        self._path = ""
        self._before: list[str] = []
        self._came_from: QWidget | None = None
        self.setObjectName("help")
        self.setAccessibleName("Help")
        self.setFixedWidth(WIDTH)
        self.back = self._button("back", "Back to the page before (Alt+Left)", self.go_back)
        self.home = self._button("help", "All there is", self._go_home)
        self.close_button = self._button("close", "Close the help (Escape)", self.leave)
        self.search = QLineEdit()
        self.page = Page(style)
        self._set_up_search()
        self._lay_out()
        for keys, slot in ((Qt.Key.Key_Escape, self.leave), ("Alt+Left", self.go_back)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        self.page.anchorClicked.connect(self._follow)
        style.changed.connect(self._show)
        over.installEventFilter(self)
        self.hide()

    def _button(self, icon: str, words: str, slot) -> QToolButton:
        button = QToolButton()
        button.setIconSize(QSize(18, 18))
        self._style.set_icon(button, icon)
        button.setToolTip(words)
        button.setAccessibleName(words.partition(" (")[0])
        button.clicked.connect(slot)
        return button

    def _set_up_search(self) -> None:
        self.search.setPlaceholderText("Search all kinds")
        self.search.setAccessibleName("Search the help")
        self.search.setClearButtonEnabled(True)
        sign = QAction(self.search)
        self._style.set_icon(sign, "search")
        self.search.addAction(sign, QLineEdit.ActionPosition.LeadingPosition)
        self.search.textEdited.connect(self._find)
        self.search.returnPressed.connect(self._take_first)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(GRID, GRID, GRID, GRID)
        row.setSpacing(GRID // 2)
        for part in (self.back, self.home, self.search, self.close_button):
            row.addWidget(part, 1 if part is self.search else 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)  # the line at the left
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.page, 1)

    @property
    def path(self) -> str:
        """The page that is shown."""
        return self._path

    def open_page(self, path: str) -> None:
        """Show a page, the beginning for "", and put the keyboard on it."""
        focus = QApplication.focusWidget()
        if focus is not None and not self.isAncestorOf(focus):
            self._came_from = focus
        self.search.clear()
        self._go(path or START)
        self.show()
        self._settle()
        self.raise_()
        self.page.setFocus()
        self.page.verticalScrollBar().setValue(0)  # laid out in its new width only now

    def go_back(self) -> None:
        """Show the page before."""
        if self._before:
            self._path = self._before.pop()
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the right side of what it belongs to."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._settle()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        area, layout = self._over.rect(), self._over.layout()
        beside = not self.isHidden() and area.width() >= BESIDE
        if layout is not None:
            layout.setContentsMargins(0, 0, WIDTH if beside else 0, 0)
        self.setGeometry(area.right() + 1 - WIDTH, area.top(), WIDTH, area.height())

    def leave(self) -> None:
        """Close; the keyboard goes back to where it was."""
        self.hide()
        self._settle()
        if self._came_from is not None:
            self._came_from.setFocus()
        self._came_from = None
        self.closed.emit()

    def _go_home(self) -> None:
        self._go(START)

    def _go(self, path: str) -> None:
        both_search = path.startswith(SEARCH) and self._path.startswith(SEARCH)
        if self._path and path != self._path and not both_search:
            self._before.append(self._path)
        self._path = path
        self._show()

    def _show(self) -> None:
        if self._path:
            name = self._path.removesuffix(".md").removesuffix("/index").replace("/", " ")
            self.page.show_text(text_of(self._catalog, self._path), f"Help: {name}")
        self.back.setEnabled(bool(self._before))

    def _follow(self, link: QUrl) -> None:
        self.search.clear()
        self._go(target(self._path, link.toString()))

    def _find(self, words: str) -> None:
        words = words.replace("/", " ").strip()
        if words:
            self._go(SEARCH + words)
        else:
            self.go_back()

    def _take_first(self) -> None:
        words = self.search.text().strip()
        found = search(self._catalog, words) if words else ()
        if found:
            self.search.clear()
            self._go(found[0])
            self.page.setFocus()

"""The start page: one big drop zone, a sample to try, templates, and the specs of late."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.recent import PATH_ROLE, RecentFiles
from app.start.gallery import Gallery
from app.start.rows import ROW_HEIGHT, RecentDelegate
from app.start.samples import Sample
from app.style import GRID, Style, set_role
from trainers.templates import templates

WIDTH = 104 * GRID
INVITATION = "Drop a table, pictures, texts or sounds"
PROMISE = (
    "Netwright looks at the data and writes a network that trains. Nothing leaves this computer."
)


class DropZone(QFrame):
    """The inviting rectangle. The window takes the drop, wherever it lands; this invites it."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._hot = False
        self.setAccessibleName(INVITATION)
        self.setMinimumHeight(28 * GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        column.setSpacing(GRID)
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.words = QLabel(INVITATION, alignment=Qt.AlignmentFlag.AlignCenter)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.words, "heading")
        self.hint = QLabel(PROMISE, alignment=Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        set_role(self.hint, "muted")
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(30 * GRID)
        self.progress.setAccessibleName("Looking at the data")
        column.addStretch(1)
        column.addWidget(self._icon)
        column.addWidget(self.words)
        column.addWidget(self.hint)
        column.addWidget(self.progress, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        style.changed.connect(self._tint)
        self.progress.hide()
        self._tint()

    def set_hot(self, hot: bool) -> None:  # noqa: FBT001
        """Show that something hovers over the window that may be let go."""
        self._hot = hot
        self._tint()

    def set_busy(self, name: str) -> None:
        """Show that data is being looked at; an empty name ends it."""
        self.progress.setVisible(bool(name))
        self.words.setText(f"Looking at {name} …" if name else INVITATION)
        self.hint.setText("Columns, types and the target are being found." if name else PROMISE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the dashed border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._style.color("accent_soft" if self._hot else "surface"))
        pen = QPen(self._style.color("accent" if self._hot else "line_strong"), 1.5)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        painter.end()

    def _tint(self) -> None:
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(self._style.pixmap("drop", 40, "accent", ratio))
        self.update()


class StartPage(QWidget):
    """What a user sees first.

    Signals:
        sample_wanted: carries the Sample. template_wanted: carries the Template. spec_wanted:
        carries a path of the recent list.
        open_wanted, data_wanted, folder_wanted: the user wishes to choose a file.
    """

    sample_wanted = Signal(object)
    template_wanted = Signal(object)
    spec_wanted = Signal(Path)
    open_wanted = Signal()
    data_wanted = Signal()
    folder_wanted = Signal()

    def __init__(
        self,
        style: Style,
        recent: RecentFiles,
        samples: Sequence[Sample],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._style = style
        self._samples = tuple(samples)
        self.zone = DropZone(style)
        self.sample_button = self._button("Try a Sample", "sample", "primary")
        self.templates_button = self._button("Templates", "templates", "")
        self.recent_list = QListView()
        self.gallery: Gallery | None = None
        self._pages = QStackedWidget()
        self._recent = recent
        self._build()
        recent.modelReset.connect(self._show_recent)
        self._show_recent()

    def show_templates(self) -> None:
        """Show the gallery, read now when it was never shown before."""
        if self.gallery is None:
            self.gallery = Gallery(self._style, templates())
            self.gallery.wanted.connect(self._want_template)
            self.gallery.left.connect(self.show_beginning)
            self._pages.addWidget(self.gallery)
        self._pages.setCurrentWidget(self.gallery)
        self.gallery.begin()

    def show_beginning(self) -> None:
        """Go back from the gallery to the drop zone."""
        self._pages.setCurrentIndex(0)
        self.templates_button.setFocus()

    def _build(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(WIDTH)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addLayout(self._head())
        column.addWidget(self.zone)
        column.addLayout(self._buttons())
        self._heading = QLabel("Recent")
        set_role(self._heading, "heading")
        column.addSpacing(GRID)
        column.addWidget(self._heading)
        column.addWidget(self.recent_list, 100)
        column.addStretch(1)
        home = QWidget()
        self._pages.addWidget(home)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        row = QHBoxLayout(home)
        row.setContentsMargins(4 * GRID, 5 * GRID, 4 * GRID, 4 * GRID)
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)
        self._set_up_list()

    def _head(self) -> QVBoxLayout:
        title = QLabel("Netwright")
        set_role(title, "title")
        line = QLabel("Design a network, keep it as YAML, train it live.")
        set_role(line, "muted")
        head = QVBoxLayout()
        head.setSpacing(GRID // 2)
        head.addWidget(title)
        head.addWidget(line)
        return head

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        self.sample_button.setEnabled(bool(self._samples))
        self.sample_button.clicked.connect(self._want_first_sample)
        row.addWidget(self.sample_button)
        if len(self._samples) > 1:
            row.addWidget(self._more_samples())
        self.templates_button.setToolTip("Networks for every kind of data, ready to train")
        self.templates_button.clicked.connect(self.show_templates)
        row.addWidget(self.templates_button)
        row.addStretch(1)
        for words, icon, signal in (
            ("From Data…", "new", self.data_wanted),
            ("From Pictures…", "folder", self.folder_wanted),
            ("Open…", "open", self.open_wanted),
        ):
            button = self._button(words, icon, "")
            button.clicked.connect(signal)
            row.addWidget(button)
        return row

    def _more_samples(self) -> QPushButton:
        button = self._button("Other Samples", "down", "quiet")
        menu = QMenu(button)
        for sample in self._samples[1:]:
            action = menu.addAction(sample.title)
            action.setData(sample)
        menu.triggered.connect(self._want_sample)
        button.setMenu(menu)
        return button

    def _button(self, words: str, icon: str, role: str) -> QPushButton:
        button = QPushButton(words)
        button.setIconSize(QSize(18, 18))
        set_role(button, role)
        self._style.set_icon(button, icon, "accent_text" if role == "primary" else "muted")
        return button

    def _set_up_list(self) -> None:
        view = self.recent_list
        view.setModel(self._recent)
        view.setItemDelegate(RecentDelegate(self._style, view))
        view.setAccessibleName("Recent specs")
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.clicked.connect(self._want_spec)
        view.activated.connect(self._want_spec)

    def _want_first_sample(self) -> None:
        self.sample_wanted.emit(self._samples[0])

    def _want_sample(self, action: object) -> None:
        self.sample_wanted.emit(action.data())  # type: ignore[attr-defined]

    def _want_template(self, template: object) -> None:
        self.show_beginning()
        self.template_wanted.emit(template)

    def _want_spec(self, index: QModelIndex) -> None:
        self.spec_wanted.emit(Path(index.data(PATH_ROLE)))

    def _show_recent(self) -> None:
        some = self._recent.rowCount() > 0
        self._heading.setVisible(some)
        self.recent_list.setVisible(some)
        self.recent_list.setMaximumHeight(self._recent.rowCount() * ROW_HEIGHT + 4)
        self.zone.setMinimumHeight((28 if some else 40) * GRID)

"""All problems in one list: a click goes to the place, a button mends what can be mended."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.style import Style, set_role
from nnspec.problems import Problem

PROBLEM = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class ProblemModel(QAbstractListModel):
    """The problems of the newest analysis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problems: tuple[Problem, ...] = ()

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show these."""
        if problems != self.problems:
            self.beginResetModel()
            self.problems = problems
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many problems there are."""
        return 0 if parent.isValid() else len(self.problems)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """How many rows there are."""
        """What a row shows."""
        if not index.isValid():
            return None
        problem = self.problems[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{place_of(problem)}: {problem.message}"
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = [problem.message, *problem.details]
            return "\n".join([*lines, problem.hint] if problem.hint else lines)
        return problem if role == PROBLEM else None


def place_of(problem: Problem) -> str:
    """Where a problem is, in words."""
    if problem.file:
        return f"{problem.file}, row {problem.row}" if problem.row else problem.file
    return f"line {problem.line}" if problem.line else "the whole text"


class ProblemDelegate(QStyledItemDelegate):
    """Draws a problem: severity, sentence and hint, and its mend as a button at the right."""

    fix_clicked = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """How large it wants to be."""
        problem: Problem = index.data(PROBLEM)
        return QSize(100, 46 if problem.hint or problem.details else 30)

    def fix_area(self, area: QRect, problem: Problem) -> QRect:
        """Where the mend is drawn, empty when there is none."""
        if problem.fix is None:
            return QRect()
        width = QFontMetrics(self._style.font("small", strong=True)).horizontalAdvance(
            problem.fix.words
        )
        return QRect(area.right() - width - 26, area.top() + 4, width + 20, 22)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw it."""
        problem: Problem = index.data(PROBLEM)
        style, area = self._style, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.fillRect(area, style.color("sunken"))
        color = "bad" if problem.severity == "error" else "warning"
        name = "error" if problem.severity == "error" else "warning"
        painter.drawPixmap(
            QPointF(area.left() + 12, area.top() + 7), style.pixmap(name, 16, color, 2.0)
        )
        mend = self.fix_area(area, problem)
        words = area.adjusted(38, 6, -8 if mend.isEmpty() else -mend.width() - 14, -6)
        self._paint_words(painter, words, problem)
        if not mend.isEmpty():
            self._paint_fix(painter, mend, problem)
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QRect, problem: Problem) -> None:
        style = self._style
        painter.setFont(style.font("body"))
        painter.setPen(style.color("text"))
        message = f"{place_of(problem)}: {problem.message}"
        self._line(painter, QRect(area.left(), area.top(), area.width(), 18), message)
        painter.setFont(style.font("small"))
        painter.setPen(style.color("muted"))
        more = " · ".join(
            [*(" ".join(d.split()) for d in problem.details), problem.hint or ""]
        ).strip(" ·")
        self._line(painter, QRect(area.left(), area.top() + 18, area.width(), 16), more)

    def _line(self, painter: QPainter, area: QRect, words: str) -> None:
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_fix(self, painter: QPainter, area: QRect, problem: Problem) -> None:
        assert problem.fix is not None  # noqa: S101
        style = self._style
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.color("accent_soft"))
        painter.drawRoundedRect(area, 6, 6)
        painter.setPen(style.color("accent"))
        painter.setFont(style.font("small", strong=True))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, problem.fix.words)

    def editorEvent(
        self, event: QEvent, model: object, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """Take a click on the mend."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            problem: Problem = index.data(PROBLEM)
            if self.fix_area(option.rect, problem).contains(event.position().toPoint()):
                self.fix_clicked.emit(problem)
                return True
        return False


class ProblemList(QListView):
    """The rows; `chosen` on a click or Return, `fix_wanted` from the link or Ctrl+Return."""

    chosen = Signal(object)
    fix_wanted = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problems = ProblemModel(self)
        self.setModel(self.problems)
        self._rows = ProblemDelegate(style, self)
        self._rows.fix_clicked.connect(self.fix_wanted)
        self.setItemDelegate(self._rows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { border: none; border-radius: 0; }")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAccessibleName("Problems")
        self.clicked.connect(self._choose)

    def _choose(self, index: QModelIndex) -> None:
        problem: Problem = index.data(PROBLEM)
        point = self.viewport().mapFromGlobal(self.cursor().pos())
        if not self._rows.fix_area(self.visualRect(index), problem).contains(point):
            self.chosen.emit(problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a key."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            problem: Problem = index.data(PROBLEM)
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            (self.fix_wanted if control and problem.fix else self.chosen).emit(problem)
        else:
            super().keyPressEvent(event)


class ProblemPane(QFrame):
    """The list under a heading that opens and closes it."""

    chosen = Signal(object)
    fix_wanted = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.list = ProblemList(style, self)
        self.list.chosen.connect(self.chosen)
        self.list.fix_wanted.connect(self.fix_wanted)
        self._heading = QLabel("No problems")
        set_role(self._heading, "strong")
        self._sign = QLabel()
        self._toggle = QToolButton()
        self._toggle.setAccessibleName("Show the list of problems")
        self._toggle.setToolTip("Open or close the list of problems")
        self._toggle.clicked.connect(self._turn)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(self._sign)
        row.addWidget(self._heading, 1)
        row.addWidget(self._toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.list)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        style.changed.connect(self._follow)
        self._opened = True
        self._follow()

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show these."""
        self.list.problems.show_problems(problems)
        self._follow()

    def _follow(self) -> None:
        problems = self.list.problems.problems
        errors = sum(problem.severity == "error" for problem in problems)
        self._heading.setText(summary(errors, len(problems) - errors))
        name, color = (
            ("error", "bad") if errors else ("warning", "warning") if problems else ("good", "good")
        )
        self._sign.setPixmap(self._style.pixmap(name, 16, color, 2.0))
        self._open()

    def _turn(self) -> None:
        self._opened = not self._opened
        self._open()

    def _open(self) -> None:
        problems = self.list.problems.problems
        self._style.set_icon(self._toggle, "down" if self._opened else "up")
        self._toggle.setVisible(bool(problems))
        self.list.setVisible(self._opened and bool(problems))
        rows = sum(46 if p.hint or p.details else 30 for p in problems[:4])
        self.list.setFixedHeight(min(rows, 168) + 4)


def summary(errors: int, warnings: int) -> str:
    """The heading: how many of each."""
    parts = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((errors, "error"), (warnings, "warning"))
        if count
    ]
    return ", ".join(parts) if parts else "No problems"

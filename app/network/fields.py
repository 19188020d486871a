"""The fields of forms: one for each type of setting, all of them speaking YAML.

`1e-3`, `auto`, `[3, 3]` and `$width` can be typed where a number stands; an empty field means the
default, which it shows muted.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from nnspec.emit import inline
from nnspec.params import REQUIRED, Param, wanted
from nnspec.problems import Problems
from nnspec.settings import Place, read_value
from nnspec.syntax import read
from nnspec.tree import Plain, plain

LABEL_WIDTH = 136


HEIGHT = 30


_BUTTONS = """
QAbstractSpinBox { padding: 0 0 0 8px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
  width: 22px; border: none; background: transparent; }
QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow { image: none; width: 0; height: 0; }
"""


def written(value: Plain) -> str:
    """A value as a field shows it: YAML on one line, a list without its brackets."""
    if isinstance(value, list) and all(not isinstance(part, list | dict) for part in value):
        return ", ".join(inline(part) for part in value)
    return value if isinstance(value, str) else inline(value)


def default_of(setting: Param) -> str:
    """The default as the field shows it while nothing is written."""
    if setting.required:
        return "needed"
    value = setting.default
    return written(list(value) if isinstance(value, tuple) else value)


def parsed(text: str, setting: Param) -> tuple[Plain, str]:
    """Read what was typed: the value and "", or None and what is wrong with it in words."""
    typed = text.strip()
    if typed.startswith("$"):
        return typed, ""
    if "list" in setting.types and "," in typed and not typed.startswith("["):
        typed = f"[{typed}]"
    problems = Problems(typed)
    node = read(typed, problems)
    if node is None or len(problems):
        if set(setting.types) <= {"str", "none"}:
            return text.strip(), ""
        return None, f"this takes {wanted(setting)}"
    value = read_value(node, setting, Place(setting.name, f"'{setting.name}'"), problems)
    if value is REQUIRED:
        return None, f"this takes {wanted(setting)}"
    return plain(node), ""


class NumberBox(QAbstractSpinBox):
    """A number that may also be `auto`, `null`, a list or `$name`; empty means the default."""

    committed = Signal(str)

    def __init__(self, setting: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting = setting
        self._committed = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.lineEdit().setPlaceholderText(default_of(setting))
        self.setMinimumHeight(HEIGHT)
        self.setStyleSheet(_BUTTONS)
        self.lineEdit().setTextMargins(6, 0, 0, 0)
        self.editingFinished.connect(self._commit)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field and its two arrows."""
        super().paintEvent(event)
        middle = self.height() / 2
        _chevrons(self, (QPointF(0, middle - 5), -1), (QPointF(0, middle + 5), 1))

    def show_text(self, text: str) -> None:
        """Show a value from the text of the project."""
        self._committed = text
        if self.lineEdit().text() != text:
            self.lineEdit().setText(text)

    def _commit(self) -> None:
        text = self.lineEdit().text()
        if text != self._committed:
            self._committed = text
            self.committed.emit(text)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Whatever is typed is judged when it is finished."""
        return QValidator.State.Acceptable, text, position

    def fixup(self, text: str) -> str:
        """Leave what was typed."""
        return text

    def _number(self) -> float | None:
        shown = self.lineEdit().text() or self.lineEdit().placeholderText()
        value, _ = parsed(shown, self._setting)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """It can always be stepped."""
        flag = QAbstractSpinBox.StepEnabledFlag
        return flag.StepUpEnabled | flag.StepDownEnabled

    def stepBy(self, steps: int) -> None:
        """Go up or down: whole numbers by one, others in their leading digit."""
        number, setting = self._number(), self._setting
        if number is None:
            number = setting.low if setting.low is not None else 1
            steps = 0
        whole = "int" in setting.types and float(number).is_integer()
        size = 1.0 if whole or not number else 10.0 ** math.floor(math.log10(abs(number)))
        value = number + steps * size
        if steps < 0 and not whole and value <= 0 < number:
            value = number - size / 10
        value = max(value, setting.low) if setting.low is not None else value
        value = min(value, setting.high) if setting.high is not None else value
        text = str(int(value)) if whole else f"{value:.6g}"
        if not parsed(text, setting)[1]:
            self.lineEdit().setText(text)
            self._commit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Take the wheel only while it has the keyboard."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _chevrons(field: QWidget, *places: tuple[QPointF, int]) -> None:
    """Draw small arrows, up (-1) or down (1), at the right of a field in the theme's colour."""
    painter = QPainter(field)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(field.palette().placeholderText().color(), 1.4))
    for place, way in places:
        tip = QPointF(field.width() - 13, place.y() + 2 * way)
        painter.drawPolyline([tip + QPointF(-4, -4 * way), tip, tip + QPointF(4, -4 * way)])
    painter.end()


class TextField(QLineEdit):
    """A text, list or mapping; empty means the default."""

    committed = Signal(str)

    def __init__(self, setting: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._committed = ""
        self.setPlaceholderText(default_of(setting))
        self.editingFinished.connect(self._commit)

    def show_text(self, text: str) -> None:
        """Show a value from the text of the project."""
        self._committed = text
        if self.text() != text:
            self.setText(text)

    def _commit(self) -> None:
        if self.text() != self._committed:
            self._committed = self.text()
            self.committed.emit(self.text())


class ChoiceBox(QComboBox):
    """One of a closed set of words; the first row is the default."""

    committed = Signal(str)

    def __init__(self, setting: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(HEIGHT)
        self._default = default_of(setting)
        words = list(setting.choices)
        words += ["auto"] if "auto" in setting.types else []
        words += ["null"] if "none" in setting.types else []
        self.addItems(words)
        self.activated.connect(self._commit)

    def show_text(self, text: str) -> None:
        """Show a value from the text of the project."""
        shown = text or self._default
        if self.findText(shown) < 0:
            self.addItem(shown)
        self.setCurrentIndex(self.findText(shown))

    def _commit(self) -> None:
        self.committed.emit(self.currentText())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field and its arrow."""
        super().paintEvent(event)
        _chevrons(self, (QPointF(0, self.height() / 2), 1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Take the wheel only while it has the keyboard."""
        event.ignore()


class SwitchBox(QCheckBox):
    """On or off."""

    committed = Signal(str)

    def __init__(self, setting: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._default = default_of(setting)
        self.clicked.connect(self._commit)

    def show_text(self, text: str) -> None:
        """Show a value from the text of the project."""
        shown = text or self._default
        with QSignalBlocker(self):
            self.setChecked(shown == "true")
        self.setText(shown)

    def _commit(self) -> None:
        self.committed.emit("true" if self.isChecked() else "false")


Field = NumberBox | TextField | ChoiceBox | SwitchBox


def field_for(setting: Param, parent: QWidget | None = None) -> Field:
    """The widget that suits a setting's type."""
    numbers = {"int", "float", "list"} & set(setting.types)
    if setting.choices and not numbers:
        return ChoiceBox(setting, parent)
    if set(setting.types) == {"bool"}:
        return SwitchBox(setting, parent)
    if numbers:
        return NumberBox(setting, parent)
    return TextField(setting, parent)

"""A form for any kind, made from its params: one row a setting, the default shown muted.

The inspector, the training settings and every later form use this module; a new setting needs no
line here. Fields speak YAML, as the text does: `1e-3`, `auto`, `[3, 3]` and `$width` can be typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.network.fields import (
    LABEL_WIDTH,
    NumberBox,
    TextField,
    default_of,
    field_for,
    parsed,
    written,
)
from app.style import Style, set_role
from nnspec.params import Param, wanted
from nnspec.tree import Plain


class Row(QWidget):
    """One setting: its field, and a button that takes it back to the default."""

    changed = Signal(str, object)
    reset = Signal(str)

    def __init__(self, setting: Param, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self.field = field_for(setting, self)
        self.field.setObjectName(setting.name)
        self.field.setAccessibleName(setting.name)
        self.field.setAccessibleDescription(setting.help)
        self.field.committed.connect(self._take)
        self._back = QToolButton(self)
        style.set_icon(self._back, "undo")
        self._back.setToolTip(f"Back to the default: {default_of(setting)}")
        self._back.setAccessibleName(f"Reset {setting.name}")
        self._back.clicked.connect(self._reset)
        policy = self._back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._back.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self._back)
        self._tell("")

    def show_value(self, value: Plain, *, given: bool) -> None:
        """Show what is written, or the default."""
        self.field.show_text(written(value) if given else "")
        self._back.setVisible(given and not self.setting.required)
        self._tell("")

    def _take(self, text: str) -> None:
        if not text.strip():
            if not self.setting.required:
                self.reset.emit(self.setting.name)
            return
        value, wrong = parsed(text, self.setting)
        self._tell(wrong)
        if not wrong:
            self.changed.emit(self.setting.name, value)

    def _tell(self, wrong: str) -> None:
        words = f"{self.setting.help}\nTakes {wanted(self.setting)}."
        self.field.setToolTip(f"{wrong}\n\n{words}" if wrong else words)
        if bool(self.field.property("invalid")) != bool(wrong):
            self.field.setProperty("invalid", bool(wrong))
            self.field.style().unpolish(self.field)
            self.field.style().polish(self.field)

    def _reset(self) -> None:
        self.reset.emit(self.setting.name)


class Form(QWidget):
    """The settings of one kind. Rows are kept while the same settings are shown."""

    changed = Signal(str, object)
    reset = Signal(str)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._settings: tuple[Param, ...] = ()
        self._labels: list[QLabel] = []
        self.rows: dict[str, Row] = {}
        self._more = QPushButton("More settings", self)
        set_role(self._more, "link")
        self._more.setCheckable(True)
        self._more.toggled.connect(self._show_advanced)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._grid)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)

    def show_settings(self, settings: Sequence[Param], values: Mapping[str, Plain]) -> None:
        """Show these settings with what is written for them."""
        if tuple(settings) != self._settings:
            self._rebuild(tuple(settings))
        for name, row in self.rows.items():
            row.show_value(values.get(name), given=name in values)
        self._show_advanced(self._more.isChecked())

    def edit_first(self) -> None:
        """Put the keyboard on the first setting."""
        if self.rows:
            field = next(iter(self.rows.values())).field
            field.setFocus(Qt.FocusReason.TabFocusReason)
            if isinstance(field, NumberBox | TextField):
                field.selectAll()

    def _rebuild(self, settings: tuple[Param, ...]) -> None:
        for old in (*self._labels, *self.rows.values()):
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._settings, self._labels, self.rows = settings, [], {}
        for index, setting in enumerate(settings):
            row = Row(setting, self._style, self)
            row.changed.connect(self.changed)
            row.reset.connect(self.reset)
            label = QLabel(setting.name, self)
            label.setFixedWidth(LABEL_WIDTH)
            label.setToolTip(setting.help)
            label.setBuddy(row.field)
            self._grid.addWidget(label, index, 0)
            self._grid.addWidget(row, index, 1)
            self._labels.append(label)
            self.rows[setting.name] = row

    def _show_advanced(self, shown: bool) -> None:  # noqa: FBT001
        hidden = [s.name for s in self._settings if s.advanced]
        for label, (name, row) in zip(self._labels, self.rows.items(), strict=True):
            visible = shown or name not in hidden
            label.setVisible(visible)
            row.setVisible(visible)
        self._more.setVisible(bool(hidden))
        self._more.setText("Fewer settings" if shown else "More settings")

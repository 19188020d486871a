"""Forms: a field for every setting of every kind, speaking YAML, never writing nonsense."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.network.fields import NumberBox, parsed
from app.network.forms import Form
from app.style import apply
from nnspec.catalog import Catalog
from nnspec.params import Param

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    made = Form(apply(QApplication.instance(), "light"))
    qtbot.addWidget(made)
    return made


def test_every_kind_has_a_form(form: Form, catalog: Catalog) -> None:
    for family in ("layer", "optimizer", "schedule", "loss", "metric", "source", "column"):
        for kind in catalog.of(family):
            form.show_settings(kind.params, {})
            assert list(form.rows) == [setting.name for setting in kind.params]


@pytest.mark.parametrize(("typed", "types", "value"), [
    ("1e-3", ("float",), 0.001), ("3", ("int",), 3), ("auto", ("int", "auto"), "auto"),
    ("null", ("int", "none"), None), ("3, 3", ("int", "list"), [3, 3]),
    ("$width", ("int",), "$width"), ("yes", ("str",), "yes"),
    ("same", ("int", "str"), "same"),
])  # fmt: skip
def test_fields_read_yaml(typed: str, types: tuple[str, ...], value: object) -> None:
    setting = Param("x", "Help.", 1, types, item="int")
    assert parsed(typed, setting) == (value, "")


@pytest.mark.parametrize("typed", ["0", "1.5", "many", "[", "{a: 1}"])
def test_what_does_not_fit_is_said_and_not_written(form: Form, typed: str) -> None:
    form.show_settings([Param("x", "Help.", 1, ("int",), low=1)], {})
    field = form.rows["x"].field
    heard: list[object] = []
    form.changed.connect(lambda *what: heard.append(what))
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not heard
    assert field.property("invalid") is True
    assert "takes a whole number, 1 or more" in field.toolTip()


def test_arrows_step_within_bounds(form: Form) -> None:
    count = Param("n", "Help.", 2, ("int",), low=1)
    form.show_settings([count, Param("lr", "Help.", 0.001, ("float",), above=0)], {})
    heard: list[tuple[str, object]] = []
    form.changed.connect(lambda *what: heard.append(what))
    number, rate = form.rows["n"].field, form.rows["lr"].field
    assert isinstance(number, NumberBox)
    for _ in range(3):
        QTest.keyClick(number, Qt.Key.Key_Down)
    QTest.keyClick(rate, Qt.Key.Key_Up)
    QTest.keyClick(rate, Qt.Key.Key_Down)
    QTest.keyClick(rate, Qt.Key.Key_Down)
    assert heard == [("n", 1), ("lr", 0.002), ("lr", 0.001), ("lr", 0.0009)]


def test_a_changed_setting_can_be_reset(form: Form) -> None:
    setting = Param("x", "Help.", 3, ("int",))
    form.show()
    form.show_settings([setting], {"x": 5})
    row = form.rows["x"]
    assert row._back.isVisible()
    heard: list[str] = []
    form.reset.connect(heard.append)
    row._back.click()
    assert heard == ["x"]
    form.show_settings([setting], {})
    assert not row._back.isVisible()
    assert form.rows["x"] is row


def test_a_number_that_may_be_a_word_can_be_typed(form: Form, catalog: Catalog) -> None:
    kind = catalog.get("layer", "conv2d")
    assert kind
    form.show_settings(kind.params, {})
    heard: list[tuple[str, object]] = []
    form.changed.connect(lambda *what: heard.append(what))
    field = form.rows["padding"].field
    for typed in ("2", "same"):
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard == [("padding", 2), ("padding", "same")]

"""Several models, and several targets, on the canvas: entered, edited and undone by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolTip
from pytestqt.qtbot import QtBot

from app.network.room import NetworkRoom
from app.project import Project
from app.style import apply
from nnspec.catalog import Catalog
from nnspec.edits import find
from nnspec.problems import Edit, Problems
from nnspec.shapes import Interface, Shape
from nnspec.syntax import read
from nnspec.tree import plain
from tests.app.network.bench import Bench

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

GAN = """\
netwright: 1
data: {source: {sample: bars}}
blocks:
  twice:
    params: {width: null}
    layers:
      - linear: $width
      - relu
models:
  painter:
    input: {z: [16], hint: [4]}
    layers:
      - concat: [z, hint]
      - twice: {width: 32}
      - linear: 64  # the last
      - reshape: [1, 8, 8]
  critic:
    input: image
    layers:
      - flatten
      - twice: {width: 8}
        name: body
      - linear: 1
train:
  steps:
    - update: critic
      losses: [{mse: {of: critic(image), against: "1"}}]
"""
TWO = """\
netwright: 1
model:
  - linear: 16
    name: trunk
  - linear: auto
    name: price
  - linear: 3
    name: kind_head
    from: trunk
outputs: {kind: kind_head}
"""
PIXELS = Interface({"image": Shape((1, 8, 8))}, {}, "image")
ANSWERS = Interface(
    {"features": Shape((5,))}, {"price": Shape((1,)), "kind": Shape((3,))}, "features"
)


@pytest.fixture
def empty(qtbot: QtBot, catalog: Catalog) -> Iterator[Bench]:
    project = Project(catalog)
    room = NetworkRoom(project, apply(QApplication.instance(), "light"))  # type: ignore[arg-type]
    qtbot.addWidget(room)
    room.resize(1440, 900)
    room.show()
    room.activateWindow()
    yield Bench(project, room)
    project.close()
    room.close()
    project.deleteLater()


@pytest.fixture
def gan(empty: Bench) -> Bench:
    return opened(empty, GAN, PIXELS)


@pytest.fixture
def two(empty: Bench) -> Bench:
    return opened(empty, TWO, ANSWERS)


def opened(bench: Bench, text: str, interface: Interface) -> Bench:
    bench.project.new(text)
    bench.project._look.end()
    bench.project._document.offer(interface)
    bench.project._merged_analysis = None
    bench.project.analysis_changed.emit()
    bench.settle()
    return bench


def layers(bench: Bench, model: str) -> object:
    return plain(find(bench.project.analysis.tree, ("models", model, "layers")))


def choose(bench: Bench, index: int) -> None:
    tabs = bench.room.canvas.models.tabs
    where = tabs.tabRect(index).center()
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=where)
    bench.settle()


def undo_all(bench: Bench, text: str) -> None:
    while bench.project.undo_stack.canUndo():
        bench.project.undo_stack.undo()
    bench.settle()
    assert bench.project.text == text


def test_each_model_has_a_tab_and_a_picture_of_its_own(gan: Bench) -> None:
    tabs = gan.room.canvas.models.tabs
    assert [tabs.tabText(index) for index in range(tabs.count())] == ["painter", "critic"]
    assert gan.room.canvas.models.isVisible()
    cards = {card.key: card for card in gan.room.picture.cards}
    assert cards["input:z"].shape == "16"
    assert cards["input:hint"].note == "of its own"
    assert cards["output:output"].kind == "what painter gives"
    assert cards["twice"].parameters == 20 * 32 + 32
    assert cards["reshape"].shape == "1 x 8 x 8"
    wires = {(wire.source, wire.target) for wire in gan.room.picture.wires}
    assert {("input:z", "concat"), ("input:hint", "concat")} <= wires
    choose(gan, 1)
    assert gan.keys == ["flatten", "body", "linear"]
    assert gan.room.picture.card("input:image").shape == "1 x 8 x 8"  # type: ignore[union-attr]
    assert gan.room.picture.card("body").parameters == 64 * 8 + 8  # type: ignore[union-attr]


def test_one_model_has_no_tabs(two: Bench) -> None:
    assert not two.room.canvas.models.isVisible()


def test_everything_done_to_a_layer_is_done_to_the_open_model(gan: Bench) -> None:
    choose(gan, 1)
    middle = (gan.at("flatten", "out") + gan.at("body", "in")) / 2
    gan.drop("dropout", middle)
    assert layers(gan, "critic")[1] == "dropout"  # type: ignore[index]
    assert gan.view.canvas.selected_keys() == ("dropout",)
    QTest.keyClick(gan.view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    gan.settle()
    assert gan.keys == ["flatten", "dropout", "dropout_2", "body", "linear"]
    gan.click("dropout")
    QTest.keyClick(gan.view, Qt.Key.Key_Delete)
    gan.settle()
    gan.click("body")
    name = gan.room.inspector.layer.name
    name.selectAll()
    QTest.keyClicks(name, "trunk")
    QTest.keyClick(name, Qt.Key.Key_Return)
    gan.settle()
    assert layers(gan, "critic") == [
        "flatten",
        "dropout",
        {"twice": {"width": 8}, "name": "trunk"},
        {"linear": 1},
    ]
    assert layers(gan, "painter") == layers_of(GAN, "painter")
    undo_all(gan, GAN)
    assert gan.room.picture.scope == "critic/"


def layers_of(text: str, model: str) -> object:
    return plain(find(read(text, Problems(text)), ("models", model, "layers")))


def test_an_input_of_several_is_connected_by_its_name(gan: Bench) -> None:
    gan.drag(gan.at("input:z", "out"), gan.at("linear", "in"))
    assert layers(gan, "painter")[2] == {"linear": 64, "from": "z"}  # type: ignore[index]
    assert "# the last" in gan.project.text
    undo_all(gan, GAN)


def test_layers_are_copied_from_one_model_to_the_other(gan: Bench) -> None:
    gan.click("twice")
    QTest.keyClick(gan.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(gan.view, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    gan.settle()
    assert gan.room.picture.scope == "critic/"
    gan.click("flatten")
    QTest.keyClick(gan.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    gan.settle()
    assert layers(gan, "critic")[1] == {"twice": {"width": 32}}  # type: ignore[index]
    undo_all(gan, GAN)


def test_a_block_is_entered_from_a_model_and_left_to_it(gan: Bench) -> None:
    choose(gan, 1)
    gan.click("body")
    QTest.keyClick(gan.view, Qt.Key.Key_Return)
    gan.settle()
    assert gan.room.picture.scope == "twice"
    crumbs = gan.room.canvas.crumbs
    assert crumbs.isVisible()
    assert crumbs.model.text() == "critic"
    assert not crumbs.geometry().intersects(gan.room.canvas.models.geometry())
    QTest.mouseClick(crumbs.model, Qt.MouseButton.LeftButton)
    gan.settle()
    assert gan.room.picture.scope == "critic/"
    assert not crumbs.isVisible()


def test_the_cursor_in_the_text_opens_the_model_it_stands_in(gan: Bench) -> None:
    editor = gan.room.editor
    editor.setFocus()
    cursor = editor.textCursor()
    cursor.setPosition(GAN.index("linear: 1\n"))
    editor.setTextCursor(cursor)
    gan.settle()
    assert gan.room.picture.scope == "critic/"
    assert gan.view.canvas.selected_keys() == ("linear",)


def test_a_model_that_goes_leaves_the_canvas_with_the_first(gan: Bench) -> None:
    choose(gan, 1)
    begin, end = GAN.index("  critic:"), GAN.index("train:")
    gan.project.apply((Edit(begin, end, ""),), "Remove critic", "test")
    gan.settle()
    assert gan.room.picture.scope == "painter/"
    assert gan.room.canvas.models.tabs.count() == 1


def test_every_target_is_wired_to_the_layer_that_answers(two: Bench) -> None:
    ends = {w.target: w.source for w in two.room.picture.wires if w.target.startswith("output:")}
    assert ends == {"output:price": "price", "output:kind": "kind_head"}


def test_a_wire_to_a_target_chooses_who_answers(two: Bench) -> None:
    two.drag(two.at("trunk", "out"), two.at("output:kind", "in"))
    assert plain(find(two.project.analysis.tree, ("outputs",))) == {"kind": "trunk"}
    undo_all(two, TWO)


def test_who_answers_is_renamed_in_outputs_too(two: Bench) -> None:
    two.click("kind_head")
    name = two.room.inspector.layer.name
    name.selectAll()
    QTest.keyClicks(name, "sorter")
    QTest.keyClick(name, Qt.Key.Key_Return)
    two.settle()
    assert plain(find(two.project.analysis.tree, ("outputs",))) == {"kind": "sorter"}
    assert two.project.undo_stack.count() == 1
    undo_all(two, TWO)


def test_a_layer_with_roles_takes_in_as_many_as_it_has(empty: Bench) -> None:
    text = (
        "netwright: 1\nmodel:\n  - linear: 4\n    name: a\n  - linear: 4\n    name: b\n"
        "  - linear: 4\n    from: a\n  - bilinear: {out_features: 3}\n    from: [a, b]\n"
    )
    bench = opened(empty, text, Interface({"features": Shape((5,))}, {"y": Shape((3,))}))
    bench.drag(bench.at("linear", "out"), bench.at("bilinear", "in"))
    model = plain(find(bench.project.analysis.tree, ("model",)))
    assert model[3]["from"] == ["a", "linear"]  # type: ignore[index, call-overload]
    undo_all(bench, text)


def write(bench: Bench, field: QLineEdit, words: str) -> None:
    field.selectAll()
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)
    bench.settle()


def tabs_of(bench: Bench) -> list[str]:
    tabs = bench.room.canvas.models.tabs
    return [tabs.tabText(index) for index in range(tabs.count())]


def test_a_model_is_renamed_in_its_tab_and_in_formulas(gan: Bench) -> None:
    tabs, field = gan.room.canvas.models.tabs, gan.room.canvas.models.field
    choose(gan, 1)
    QTest.mouseDClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())
    assert field.isVisible()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()
    assert tabs_of(gan) == ["painter", "critic"]
    tabs.setFocus()
    QTest.keyClick(tabs, Qt.Key.Key_F2)
    write(gan, field, "judge")
    assert gan.project.text == GAN.replace("critic", "judge")
    assert gan.room.picture.scope == "judge/"
    assert gan.project.undo_stack.count() == 1
    QTest.keyClick(tabs, Qt.Key.Key_F2)
    with_refusal: list[str] = []
    gan.project.noticed.connect(lambda _severity, words: with_refusal.append(words))
    write(gan, field, "painter")
    QTest.keyClick(tabs, Qt.Key.Key_F2)
    write(gan, field, "mean")
    QTest.keyClick(tabs, Qt.Key.Key_F2)
    write(gan, field, "two words")
    assert len(with_refusal) == 3
    assert gan.project.undo_stack.count() == 1
    undo_all(gan, GAN)


def test_buttons_add_a_model_and_take_it_out(gan: Bench) -> None:
    bar = gan.room.canvas.models
    QTest.mouseClick(bar.add, Qt.MouseButton.LeftButton)
    gan.settle()
    assert tabs_of(gan) == ["painter", "critic", "network"]
    assert gan.room.picture.scope == "network/"
    assert gan.keys == ["flatten", "linear"]
    assert gan.room.picture.card("linear").shape == "8"  # type: ignore[union-attr]
    added = gan.project.text
    assert not [p for p in gan.project.analysis.problems if p.severity == "error"]
    QTest.mouseClick(bar.remove, Qt.MouseButton.LeftButton)
    gan.settle()
    assert gan.project.text == GAN
    assert gan.room.picture.scope == "painter/"
    gan.project.undo_stack.undo()
    gan.settle()
    assert gan.project.text == added
    undo_all(gan, GAN)


def test_the_last_model_stays(gan: Bench) -> None:
    bar = gan.room.canvas.models
    choose(gan, 1)
    QTest.mouseClick(bar.remove, Qt.MouseButton.LeftButton)
    gan.settle()
    assert tabs_of(gan) == ["painter"]
    assert {p.code for p in gan.project.analysis.problems} >= {"update.unknown", "formula.call"}
    assert not bar.remove.isEnabled()
    undo_all(gan, GAN)


def test_a_layer_is_renamed_in_formulas_too(gan: Bench) -> None:
    text = GAN.replace('critic(image), against: "1"', "critic(image).body, against: critic(z).body")
    bench = opened(gan, text, PIXELS)
    choose(bench, 1)
    bench.click("body")
    QTest.keyClick(bench.view, Qt.Key.Key_F2)
    assert bench.room.inspector.layer.name.hasFocus()
    write(bench, bench.room.inspector.layer.name, "trunk")
    assert bench.project.text == text.replace("body", "trunk")
    assert bench.project.undo_stack.count() == 1
    undo_all(bench, text)


def test_inputs_with_roles_are_told(empty: Bench) -> None:
    text = (
        "netwright: 1\nmodel:\n  - linear: 4\n    name: a\n"
        "  - multi_head_attention: 2\n    from: [a, features]\n"
        "  - reverse\n"
    )
    bench = opened(empty, text, Interface({"features": Shape((3, 4))}, {"y": Shape((3,))}))
    bench.click("multi_head_attention")
    facts = bench.room.inspector.layer.findChildren(QLabel)
    said = [label.text() for label in facts if label.isVisible()]
    at = said.index("query")
    assert said[at : at + 6] == [
        "query", "a", "memory (optional)", "features", "lengths (optional)", "—",
    ]  # fmt: skip
    node = bench.view.canvas.nodes["multi_head_attention"]
    for slot, words in enumerate(("query, from a", "memory (optional), from features")):
        place = bench.view.mapFromScene(node.port_point("in", slot, 2))
        event = QHelpEvent(QEvent.Type.ToolTip, place, bench.view.viewport().mapToGlobal(place))
        QApplication.sendEvent(bench.view.viewport(), event)
        assert QToolTip.text() == f"{words}\nalso takes lengths (optional)"
    QToolTip.hideText()
    assert node.port_words(bench.view.canvas.nodes["a"].port_point("in")) == ""


def test_the_tabs_lie_over_no_layer(gan: Bench) -> None:
    for height in (900, 640):
        gan.room.resize(1000, height)
        gan.settle()
        bar, view = gan.room.canvas.models, gan.view
        first = view.mapFromScene(view.canvas.nodes["input:z"].box().topLeft())
        assert first.y() >= bar.geometry().bottom()

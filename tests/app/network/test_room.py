"""The Network room used by hand: real mouse, key and drop events, judged by the text they leave."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent, QTextCursor
from PySide6.QtTest import QTest

from nnspec.edits import find
from nnspec.syntax import plain
from tests.app.network.bench import TEXT, Bench

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


def model(bench: Bench) -> object:
    return plain(find(bench.project.analysis.tree, ("model",)))


def undo_all(bench: Bench) -> None:
    while bench.project.undo_stack.canUndo():
        bench.project.undo_stack.undo()
    bench.settle()


def put_cursor(bench: Bench, words: str) -> None:
    editor = bench.room.editor
    editor.setFocus()
    cursor = editor.textCursor()
    found = editor.document().find(words)
    cursor.setPosition(found.selectionEnd())
    editor.setTextCursor(cursor)


def test_the_canvas_shows_the_list_with_shapes_on_its_wires(bench: Bench) -> None:
    assert bench.keys == ["stem", "relu", "body", "add", "global_avg_pool", "linear"]
    wires = {(w.source, w.target): w.shape for w in bench.room.picture.wires}
    assert wires["input:image", "stem"] == "1 x 12 x 12"
    assert wires["stem", "add"] == wires["body", "add"] == "8 x 12 x 12"
    assert wires["linear", "output:label"] == "3"
    body = bench.room.picture.card("body")
    assert body
    assert body.role == "block"
    assert body.layers == 2
    assert body.parameters == 584


def test_a_layer_dropped_on_a_wire_goes_between(bench: Bench) -> None:
    middle = (bench.at("relu", "out") + bench.at("body", "in")) / 2
    bench.drop("batch_norm", middle)
    assert bench.keys[:4] == ["stem", "relu", "batch_norm", "body"]
    assert bench.project.undo_stack.undoText() == "Insert batch_norm"
    assert bench.view.canvas.selected_keys() == ("batch_norm",)
    undo_all(bench)
    assert bench.project.text == TEXT


def test_a_layer_dropped_on_a_skip_connection_stands_in_it(bench: Bench) -> None:
    wire = bench.view.canvas.wires["stem", "add", 0]
    bench.drop("batch_norm", bench.view.mapFromScene(wire._words_at))
    add = bench.room.picture.card("add")
    assert add
    sources = {w.source for w in bench.room.picture.wires if w.target == "add"}
    assert sources == {"batch_norm", "body"}
    taken = [w.source for w in bench.room.picture.wires if w.target == "batch_norm"]
    assert taken == ["stem"]
    assert not [p for p in bench.project.analysis.problems if p.code != "data.missing"]


def test_a_layer_dropped_on_empty_canvas_comes_last(bench: Bench) -> None:
    bench.drop("dropout", QPoint(20, bench.view.viewport().height() - 20))
    assert bench.keys[-1] == "dropout"
    assert bench.project.text.startswith(TEXT)


def test_dragging_from_port_to_port_connects_and_names_the_source(bench: Bench) -> None:
    bench.drag(bench.at("relu", "out"), bench.at("add", "in"))
    assert model(bench)[1] == {"relu": None, "name": "relu"}
    assert model(bench)[3] == {"add": ["stem", "body", "relu"]}
    assert bench.project.undo_stack.count() == 1
    undo_all(bench)
    assert bench.project.text == TEXT


def test_connecting_upwards_is_refused_with_words(bench: Bench, qtbot) -> None:
    with qtbot.waitSignal(bench.project.noticed) as told:
        bench.drag(bench.at("linear", "out"), bench.at("relu", "in"))
    assert "stands above" in told.args[1]
    assert bench.project.text == TEXT


def test_deleting_heals_what_referred_to_it(bench: Bench) -> None:
    bench.click("body")
    QTest.keyClick(bench.view, Qt.Key.Key_Delete)
    bench.settle()
    assert bench.keys == ["stem", "relu", "add", "global_avg_pool", "linear"]
    assert model(bench)[2] == {"add": ["stem", "relu"]}
    assert "# the head" in bench.project.text
    undo_all(bench)
    assert bench.project.text == TEXT


def test_dragging_a_node_moves_its_item_with_its_comment(bench: Bench) -> None:
    end = bench.at("linear") + QPoint(0, 25)
    bench.drag(bench.at("global_avg_pool"), end)
    assert bench.keys[-2:] == ["linear", "global_avg_pool"]
    assert bench.project.text.index("linear: auto") < bench.project.text.index("# the head")
    undo_all(bench)
    assert bench.project.text == TEXT


def test_escape_breaks_a_gesture_off(bench: Bench) -> None:
    bench.press(bench.at("relu"))
    bench.mouse(QMouseEvent.Type.MouseMove, bench.at("linear"))
    assert bench.view.canvas.mark.isVisible()
    QTest.keyClick(bench.view, Qt.Key.Key_Escape)
    assert not bench.view.canvas.mark.isVisible()
    assert bench.project.text == TEXT


def test_rubber_band_selects_what_it_touches(bench: Bench) -> None:
    begin = bench.at("relu") - QPoint(200, 40)
    bench.drag(begin, bench.at("body"))
    assert bench.view.canvas.selected_keys() == ("relu", "body")


def test_duplicate_and_paste_give_names_of_their_own(bench: Bench) -> None:
    bench.click("stem")
    QTest.keyClick(bench.view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    bench.settle()
    assert bench.keys[:2] == ["stem", "stem_2"]
    bench.click("stem")
    QTest.keyClick(bench.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("  - conv2d: {out_channels: 8")
    QTest.keyClick(bench.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    bench.settle()
    assert bench.keys[:3] == ["stem", "stem_3", "stem_2"]
    assert bench.project.text.count("# first") == 3


def test_typing_a_letter_searches_and_return_adds_below_the_selection(bench: Bench) -> None:
    bench.click("relu")
    QTest.keyClicks(bench.view, "g")
    line = bench.room.canvas.search.line
    assert line.isVisible()
    assert line.text() == "g"
    QTest.keyClicks(line, "elu")
    QTest.keyClick(line, Qt.Key.Key_Return)
    bench.settle()
    assert bench.keys[2] == "gelu"
    assert not line.isVisible()


def test_arrow_keys_walk_and_return_edits_the_first_setting(bench: Bench) -> None:
    bench.click("stem")
    QTest.keyClick(bench.view, Qt.Key.Key_Down)
    assert bench.view.canvas.selected_keys() == ("relu",)
    QTest.keyClick(bench.view, Qt.Key.Key_Up)
    QTest.keyClick(bench.view, Qt.Key.Key_Return)
    field = bench.room.inspector.layer.form.rows["out_channels"].field
    QTest.keyClicks(field, "16")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "conv2d: {out_channels: 16, kernel_size: 3}  # first" in bench.project.text
    assert bench.project.undo_stack.undoText() == "Set out_channels"


def test_typing_and_canvas_interleaved_undo_and_redo_exactly(bench: Bench) -> None:
    stack, texts = bench.project.undo_stack, {0: TEXT}
    stack.indexChanged.connect(lambda index: texts.update({index: bench.project.text}))
    for turn in range(3):
        put_cursor(bench, "👕")
        QTest.keyClicks(bench.room.editor, f" x{turn}")
        bench.drop("dropout", QPoint(20, bench.view.viewport().height() - 20))
    done = dict(texts)
    assert stack.count() >= 6
    assert done[stack.count()].count("dropout") == 3
    for steps in (*range(stack.count(), -1, -1), *range(stack.count() + 1)):
        stack.setIndex(steps)
        bench.settle()
        assert bench.project.text == done[steps] == bench.room.editor.toPlainText()


def test_an_emoji_typed_and_erased_keeps_positions_true(bench: Bench) -> None:
    put_cursor(bench, "small one")
    bench.room.editor.insertPlainText(" 🦊🦊")
    QTest.keyClick(bench.room.editor, Qt.Key.Key_Backspace)
    assert "# a small one 🦊 👕 for pictures" in bench.project.text
    assert bench.project.text == bench.room.editor.toPlainText()


def test_undo_keys_fall_through_to_the_window(bench: Bench) -> None:
    put_cursor(bench, "small one")
    QTest.keyClicks(bench.room.editor, "z")
    typed = bench.project.text
    QTest.keyClick(bench.room.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bench.room.editor.toPlainText() == typed


def test_rename_mends_references_in_one_step(bench: Bench) -> None:
    bench.click("stem")
    name = bench.room.inspector.layer.name
    name.selectAll()
    QTest.keyClicks(name, "entry")
    QTest.keyClick(name, Qt.Key.Key_Return)
    bench.settle()
    assert model(bench)[0]["name"] == "entry"
    assert model(bench)[3] == {"add": ["entry", "body"]}
    assert bench.project.undo_stack.count() == 1
    assert bench.view.canvas.selected_keys() == ("entry",)
    undo_all(bench)
    assert bench.project.text == TEXT


def test_a_problem_is_badged_listed_and_mended(bench: Bench) -> None:
    put_cursor(bench, "global_avg_pool")
    QTest.keyClicks(bench.room.editor, "x")
    bench.room.editor.completions.popup.hide()
    bench.settle()
    card = bench.room.picture.card("global_avg_poolx")
    assert card
    assert card.severity == "error"
    assert card.role == "unknown"
    assert bench.view.canvas.selected_keys() == ("global_avg_poolx",)
    listed = bench.room.problems.list
    row = next(i for i, p in enumerate(listed.problems.problems) if p.code == "layer.unknown")
    listed.clicked.emit(listed.problems.index(row))
    problem = listed.problems.problems[row]
    assert bench.room.editor.cursor_index == problem.span.start
    assert bench.view.canvas.selected_keys() == ("global_avg_poolx",)
    area = listed._rows.fix_area(listed.visualRect(listed.problems.index(row)), problem)
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    bench.settle()
    assert bench.project.text == TEXT


def test_text_that_cannot_be_read_dims_and_locks_the_canvas(bench: Bench) -> None:
    before = bench.keys
    put_cursor(bench, "linear: auto")
    QTest.keyClicks(bench.room.editor, ": [")
    bench.settle()
    broken = bench.project.text
    assert bench.view.locked
    assert bench.keys == before
    assert bench.room.canvas._words.text().startswith("line ")
    bench.drop("dropout", QPoint(20, bench.view.viewport().height() - 20))
    bench.click("relu")
    QTest.keyClick(bench.view, Qt.Key.Key_Delete)
    bench.drag(bench.at("relu"), bench.at("linear"))
    assert bench.project.text == broken
    undo_all(bench)
    assert not bench.view.locked


def test_cursor_selects_the_node_and_a_click_moves_the_cursor(bench: Bench) -> None:
    put_cursor(bench, "global_avg_pool")
    assert bench.view.canvas.selected_keys() == ("global_avg_pool",)
    bench.view.setFocus()
    bench.click("body")
    editor = bench.room.editor
    assert bench.project.text[editor.cursor_index :].startswith("twice: {channels: 8}")
    assert bench.view.hasFocus()
    assert editor._shown_item == bench.room.picture.card("body").span


def test_a_block_opens_is_edited_in_place_and_left(bench: Bench) -> None:
    QTest.mouseDClick(bench.view.viewport(), Qt.MouseButton.LeftButton, pos=bench.at("body"))
    bench.settle()
    assert bench.room.picture.scope == "twice"
    assert bench.keys == ["conv2d", "relu"]
    assert bench.room.picture.card("conv2d").shape == "8 x 12 x 12"
    assert bench.room.picture.card("input:input").shape == "8 x 12 x 12"
    bench.click("conv2d")
    QTest.keyClicks(bench.view, "b")
    QTest.keyClicks(bench.room.canvas.search.line, "atch")
    QTest.keyClick(bench.room.canvas.search.line, Qt.Key.Key_Return)
    bench.settle()
    block = plain(find(bench.project.analysis.tree, ("blocks", "twice", "layers")))
    assert block[1] == "batch_norm"
    bench.room.canvas.crumbs.model.click()
    assert bench.room.picture.scope == ""
    assert "body" in bench.keys


def test_cursor_in_a_block_opens_it(bench: Bench) -> None:
    put_cursor(bench, "$channels")
    assert bench.room.picture.scope == "twice"
    assert bench.view.canvas.selected_keys() == ("conv2d",)


def test_only_what_differs_is_drawn_anew(bench: Bench) -> None:
    canvas = bench.view.canvas
    assert canvas.show_picture(bench.room.picture) == 0
    kept = dict(canvas.nodes)
    put_cursor(bench, "  # first")
    bench.room.editor.insertPlainText("!")
    bench.settle()
    assert canvas.nodes == kept


def test_a_change_from_elsewhere_keeps_cursor_and_scroll(bench: Bench) -> None:
    put_cursor(bench, "global_avg_pool")
    editor = bench.room.editor
    rest = bench.project.text[editor.cursor_index :]
    bench.view.setFocus()
    bench.room.editing.rename("stem", "a_much_longer_name")
    bench.view.canvas.select(())
    cursor = editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    assert "a_much_longer_name" in editor.toPlainText()
    assert editor.toPlainText() == bench.project.text
    assert bench.project.text.endswith(rest)


def test_training_settings_are_written_where_they_belong(bench: Bench) -> None:
    bench.view.canvas.select(())
    page = bench.room.inspector.network
    field = page.training.rows["epochs"].field
    QTest.keyClicks(field, "12")
    QTest.keyClick(field, Qt.Key.Key_Return)
    bench.settle()
    form = page.kind_form("optimizer")
    form.rows["optimizer"].field.committed.emit("adamw")
    bench.settle()
    lr = form.rows["lr"].field
    QTest.keyClicks(lr, "1e-3")
    QTest.keyClick(lr, Qt.Key.Key_Return)
    train = plain(find(bench.project.analysis.tree, ("train",)))
    assert train == {"epochs": 12, "optimizer": {"adamw": {"lr": 0.001}}}
    form.reset.emit("lr")
    bench.settle()
    assert plain(find(bench.project.analysis.tree, ("train", "optimizer"))) == "adamw"


def test_a_completion_is_offered_while_typing_and_written_by_return(bench: Bench) -> None:
    put_cursor(bench, "- linear: auto")
    editor = bench.room.editor
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "- gel")
    popup = editor.completions.popup
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert bench.project.text == TEXT.rstrip() + "\n  - gelu\n"
    assert not popup.isVisible()


def test_comments_are_toggled_by_the_keyboard(bench: Bench) -> None:
    put_cursor(bench, "- linear: auto")
    for wanted in ("\n  # - linear: auto\n", "\n  - linear: auto\n"):
        QTest.keyClick(bench.room.editor, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
        assert bench.project.text.endswith(wanted)

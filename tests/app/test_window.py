"""The window by its own buttons, keys and drops: rooms, menus, files, training."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from app import style
from app.actions import COMMANDS
from app.filing import data_filter
from app.project import Project
from app.settings import Settings, projects
from app.start.page import StartPage
from app.window import Window
from nnspec.catalog import Catalog
from nnspec.problems import Edit
from tests.app.written_runs import Training, made_run, write
from trainers.locks import RunLock

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)")

SPEC = """netwright: 1
name: Odd
data: {source: data.csv, target: {odd: category}}
model:
  - linear: 8
  - relu
  - linear: auto
train: {epochs: 3, batch_size: 16, seed: 1}
"""
ROWS = "a,b,odd\n" + "\n".join(f"{n % 7},{n % 5},{n % 2}" for n in range(400))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot, catalog: Catalog) -> Iterator[Window]:
    made = Window(Project(catalog), style.apply(qapp, "light"), Settings())
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    yield made
    made.close()


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "odd.yaml"
    path.write_text(SPEC)
    (tmp_path / "data.csv").write_text(ROWS)
    return path


def told(window: Window) -> list[str]:
    return [notice.text for notice in window.notices.shown()]


def drop(window: Window, path: Path) -> bool:
    """Drag a file over the window and let it go there; return whether it was taken."""
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(300, 300), action, carried, buttons, keys)
    QApplication.sendEvent(window, enter)
    let_go = QDropEvent(QPointF(300, 300), action, carried, buttons, keys)
    QApplication.sendEvent(window, let_go)
    return enter.isAccepted() and let_go.isAccepted()


# ---- rooms and menus


def test_it_opens_on_the_start_page(window: Window) -> None:
    page = window.findChild(StartPage)
    assert page is not None
    assert page.isVisible()
    assert window.windowTitle() == "Netwright"
    assert not window.run_bar.isVisible()


@pytest.mark.parametrize("name", ["network", "train", "start"])
def test_the_rail_leads_to_every_room(window: Window, qtbot: QtBot, name: str) -> None:
    window.go("network" if name == "start" else "start")
    qtbot.mouseClick(window.rail.button(name), Qt.MouseButton.LeftButton)
    assert window.room(name).isVisible()
    assert window.rail.button(name).isChecked()


def test_rooms_have_keys(window: Window, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=2000)
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert window.room("train").isVisible()


def test_every_command_is_in_a_menu_with_a_key_of_its_own(window: Window) -> None:
    menus = {menu.title().lstrip("&"): menu for menu in window.menuBar().actions()[0:0]}
    for action in window.menuBar().actions():
        menus[action.text().lstrip("&")] = action.menu()
    for command in COMMANDS:
        assert window.actions_by_name[command.name] in menus[command.menu].actions()
    keys = [command.shortcut for command in COMMANDS if command.shortcut]
    assert len(keys) == len(set(keys))


def test_the_theme_is_chosen_in_the_menu_and_kept(window: Window, netwright_home: Path) -> None:
    view = next(a.menu() for a in window.menuBar().actions() if a.text() == "&View")
    themes = next(a.menu() for a in view.actions() if a.text() == "Theme")
    next(a for a in themes.actions() if a.text() == "Dark").trigger()
    assert window.look.tokens.name == "dark"
    kept = json.loads((netwright_home / "settings" / "window.json").read_text())
    assert kept["theme"] == "dark"
    window.look.set_theme("light")


def test_the_shortcuts_are_shown_beside_the_work(window: Window, qtbot: QtBot) -> None:
    window.actions_by_name["show_shortcuts"].trigger()
    sheet = window.findChild(QDialog)
    assert sheet is not None
    assert not sheet.isModal()
    sheet.close()


def test_the_window_comes_back_where_it_was(
    window: Window, qapp: QApplication, qtbot: QtBot, catalog: Catalog
) -> None:
    window.resize(880, 640)  # no wider than the screen of the tests
    window.close()
    again = Window(Project(catalog), window.look, Settings())
    qtbot.addWidget(again)
    assert again.size().toTuple() == (880, 640)
    again.close()


# ---- files


def test_a_dropped_spec_is_opened(window: Window, spec: Path) -> None:
    assert drop(window, spec)
    assert window.project.text == SPEC
    assert window.room("network").isVisible()
    assert window.windowTitle().startswith("odd.yaml")
    assert window.recent.paths() == [spec]


def test_undo_says_what_it_undoes(window: Window, spec: Path) -> None:
    window.opening.open_any(spec)
    undo = window.actions_by_name["undo"]
    assert not undo.isEnabled()
    window.project.apply((Edit(0, 0, "# mine\n"),), "Add a note", "test")
    assert undo.text() == "Undo Add a note"
    assert window.isWindowModified()
    undo.trigger()
    assert window.project.text == SPEC
    assert not window.isWindowModified()


def test_saving_writes_the_text(window: Window, spec: Path) -> None:
    window.opening.open_any(spec)
    window.project.apply((Edit(0, 0, "# mine\n"),), "Add a note", "test")
    window.actions_by_name["save"].trigger()
    assert spec.read_text() == "# mine\n" + SPEC
    assert not window.isWindowModified()


def test_a_file_that_is_gone_is_told_and_forgotten(window: Window, spec: Path) -> None:
    window.recent.add(spec)
    spec.unlink()
    window.opening.open_any(spec)
    assert "There is no" in told(window)[0]
    assert window.recent.paths() == []


def test_a_recent_spec_is_one_click_away(window: Window, spec: Path, qtbot: QtBot) -> None:
    window.recent.add(spec)
    page = window.findChild(StartPage)
    assert page is not None
    view = page.recent_list
    where = view.visualRect(view.model().index(0, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert window.project.path == spec


@pytest.mark.slow
def test_two_clicks_train_the_sample(window: Window, qtbot: QtBot) -> None:
    page = window.findChild(StartPage)
    assert page is not None
    qtbot.mouseClick(page.sample_button, Qt.MouseButton.LeftButton)
    assert window.project.path is not None
    assert window.project.path.is_relative_to(projects())
    qtbot.mouseClick(window.run_bar.train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.run_model.history.curve) > 0, timeout=20_000)
    room = window.room("train")
    assert room.isVisible()
    window.run_model.stop()
    qtbot.waitUntil(lambda: not window.run_model.active, timeout=30_000)
    assert window.run_model.run is not None
    assert window.run_model.run.path.is_relative_to(window.project.path.parent)


@pytest.mark.slow
def test_one_drop_and_one_click_train(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    table = tmp_path / "odd.csv"
    table.write_text(ROWS)
    assert drop(window, table)
    page = window.findChild(StartPage)
    assert page is not None
    assert page.zone.words.text() == "Looking at odd.csv …"
    qtbot.waitUntil(lambda: window.project.path == table.with_suffix(".yaml"), timeout=20_000)
    assert window.run_bar.train.isVisible()
    qtbot.mouseClick(window.run_bar.train, Qt.MouseButton.LeftButton)
    assert window.run_model.state == "starting"
    assert window.room("train").isVisible()
    qtbot.waitUntil(lambda: len(window.run_model.history.curve) > 0, timeout=20_000)
    window.run_model.stop()
    qtbot.waitUntil(lambda: not window.run_model.active, timeout=30_000)
    assert window.run_model.state in {"stopped", "finished"}


@pytest.mark.slow
def test_another_target_is_one_undoable_step(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    table = tmp_path / "odd.csv"
    table.write_text(ROWS)
    drop(window, table)
    qtbot.waitUntil(lambda: window.notices.findChild(QComboBox) is not None, timeout=30_000)
    window.activateWindow()
    assert told(window)[0].startswith("odd.yaml is written. It predicts 'odd'.")
    first = window.project.text
    box = window.notices.findChild(QComboBox)
    assert [box.itemText(i) for i in range(box.count())] == ["a", "b", "odd"]
    box.setFocus()
    box.setCurrentText("b")
    box.textActivated.emit("b")
    qtbot.waitUntil(lambda: "target: b" in window.project.text, timeout=20_000)
    assert window.actions_by_name["undo"].text() == "Undo Predict b"
    assert window.focusWidget().objectName() == "editor"
    window.actions_by_name["undo"].trigger()
    assert window.project.text == first


@pytest.mark.parametrize("first", ["project", "window"])
def test_nothing_is_asked_of_what_is_gone(
    qapp: QApplication, qtbot: QtBot, catalog: Catalog, spec: Path, first: str
) -> None:
    project = Project(catalog)
    made = Window(project, style.apply(qapp, "light"), Settings())
    made.show()
    made.opening.open_any(spec)
    project.apply((Edit(0, 0, "# mine\n"),), "Add a note", "test")
    qapp.processEvents()
    with qtbot.captureExceptions() as raised:
        made.close()
        for gone in (project, made) if first == "project" else (made, project):
            shiboken6.delete(gone)
        qapp.processEvents()
    assert not raised


def test_the_dialog_offers_the_data_that_can_be_read(catalog: Catalog) -> None:
    data, everything = data_filter(catalog).split(";;")
    offered = set(data.removeprefix("Data (").removesuffix(")").split())
    assert offered >= {"*.csv", "*.tsv", "*.txt", "*.data", "*.zip"}
    assert not offered & {"*.parquet", "*.npz", "*.json", "*.png", "*.tif", "*.webp", "*"}
    assert everything == "All files (*)"


def test_the_keyboard_goes_to_the_text_when_its_notice_leaves(
    window: Window, spec: Path, qtbot: QtBot
) -> None:
    window.opening.open_any(spec)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=2000)
    notice = window.notices.post("good", "Written.", offers=[("Fine", lambda: None)])
    fine = notice.findChild(QPushButton)
    fine.setFocus()
    qtbot.keyClick(fine, Qt.Key.Key_Space)
    assert window.focusWidget().objectName() == "editor"


# ---- training


def test_nothing_to_train_is_said(window: Window) -> None:
    window.actions_by_name["start"].trigger()
    assert told(window) == ["There is nothing to train yet: drop data or try a sample."]


def test_a_spec_with_mistakes_is_not_trained(window: Window, spec: Path, qtbot: QtBot) -> None:
    spec.write_text(SPEC.replace("relu", "rleu"))
    window.opening.open_any(spec)
    window.go("train")
    window.actions_by_name["start"].trigger()
    assert told(window)[0].startswith("Nothing was trained: 1 error. Line 6:")
    assert window.run_model.state == "idle"
    assert not list(spec.parent.glob("*.runs"))
    show = window.notices.shown()[0].findChild(QPushButton)
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    assert window.room("network").isVisible()


def test_a_running_run_is_found_when_its_spec_is_opened(
    window: Window, tmp_path: Path, qtbot: QtBot
) -> None:
    plan, run = Training(), made_run(tmp_path)
    write(run, plan.until(run, 90))
    lock = run.lock()
    assert isinstance(lock, RunLock)
    window.opening.open_any(tmp_path / "digits.yaml")
    qtbot.waitUntil(lambda: window.run_model.state == "running", timeout=5000)
    assert len(window.run_model.history.curve) == 45
    assert window.run_bar.where.text() == "Epoch 3 of 8"
    assert window.run_bar.pause.isVisible()
    assert not window.run_bar.train.isVisible()
    qtbot.mouseClick(window.run_bar.pause, Qt.MouseButton.LeftButton)
    assert run.wish() == "pause"
    qtbot.mouseClick(window.run_bar.stop, Qt.MouseButton.LeftButton)
    assert run.wish() == "stop"
    lock.release()


def test_closing_leaves_the_run_alone_and_says_so(
    window: Window, tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, run = Training(), made_run(tmp_path)
    write(run, plan.until(run, 90))
    lock = run.lock()
    assert isinstance(lock, RunLock)
    window.opening.open_any(tmp_path / "digits.yaml")
    qtbot.waitUntil(lambda: window.run_model.state == "running", timeout=5000)
    assert window.close()
    assert run.wish() is None
    assert "the training goes on" in capsys.readouterr().err
    lock.release()


def test_a_run_of_another_spec_is_not_shown(
    window: Window, tmp_path: Path, spec: Path, qtbot: QtBot
) -> None:
    plan, run = Training(), made_run(tmp_path / "other")
    write(run, plan.finished(run))
    window.opening.open_any(tmp_path / "other" / "digits.yaml")
    qtbot.waitUntil(lambda: window.run_model.state == "finished", timeout=5000)
    window.opening.open_any(spec)
    qtbot.waitUntil(lambda: window.run_model.state == "idle", timeout=5000)

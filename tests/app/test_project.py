"""The project: one undo for every hand, files written whole, nothing lost in a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app.project import Project
from nnspec.catalog import Catalog
from nnspec.edits import set_value
from nnspec.problems import Edit

pytestmark = pytest.mark.gui

TEXT = "netwright: 1\n# naïve 🦦 note\nmodel:\n  - linear: 8\n  - relu\n"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture
def project(qtbot: QtBot, catalog: Catalog) -> Project:
    made = Project(catalog)
    made.new(TEXT)
    yield made
    made.close()
    made.deleteLater()


def type_text(project: Project, at: int, text: str) -> None:
    for offset, character in enumerate(text):
        project.apply((Edit(at + offset, at + offset, character),), "Typing", "editor", merge=True)


def test_typing_merges_into_words_and_undoes_exactly(project: Project) -> None:
    end = len(project.text)
    type_text(project, end, "# abc")
    assert project.undo_stack.count() == 1
    type_text(project, end + 5, "\n")
    assert project.undo_stack.count() == 2
    project.undo_stack.undo()
    project.undo_stack.undo()
    assert project.text == TEXT


def test_backspaces_merge(project: Project) -> None:
    end = len(project.text) - 1
    for _ in range(3):
        project.apply((Edit(end - 1, end, ""),), "Delete", "editor", merge=True)
        end -= 1
    assert project.undo_stack.count() == 1
    assert project.text.endswith("- r\n")
    project.undo_stack.undo()
    assert project.text == TEXT


def test_a_canvas_edit_ends_the_word(project: Project) -> None:
    end = len(project.text)
    type_text(project, end, "# a")
    edit = set_value(project.text, project.analysis.tree, ("model", 0, "linear"), 16)
    assert isinstance(edit, Edit)
    project.apply((edit,), "Set out_features", "canvas")
    type_text(project, len(project.text), "b")
    assert [project.undo_stack.text(i) for i in range(project.undo_stack.count())] == [
        "Typing", "Set out_features", "Typing",
    ]  # fmt: skip
    project.undo_stack.setIndex(0)
    assert project.text == TEXT
    project.undo_stack.setIndex(3)
    assert project.text == TEXT.replace("8", "16") + "# ab"


def test_several_edits_are_one_step(project: Project) -> None:
    first, second = TEXT.index("8"), TEXT.index("relu")
    project.apply(
        (Edit(first, first + 1, "64"), Edit(second, second + 4, "tanh")), "Both", "canvas"
    )
    assert project.text == TEXT.replace("8", "64").replace("relu", "tanh")
    project.undo_stack.undo()
    assert project.text == TEXT


def test_signals_say_who_changed_it(project: Project, qtbot: QtBot) -> None:
    origins: list[str] = []
    project.text_changed.connect(origins.append)
    with qtbot.waitSignal(project.analysis_changed, timeout=2000):
        project.apply((Edit(0, 0, "# x\n"),), "Comment", "canvas")
    project.undo_stack.undo()
    project.undo_stack.redo()
    assert origins == ["canvas", "undo", "undo"]
    assert not project.apply((Edit(0, 1, project.text[0]),), "Nothing", "canvas")
    assert not project.apply((), "Nothing", "canvas")


def test_saving_keeps_every_byte(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    text = "\ufeffnetwright: 1\r\nname: 'é'\r\n"
    path.write_bytes(text.encode("utf-8"))
    assert project.open(path)
    assert project.text == text
    project.apply((Edit(len(text), len(text), "# end"),), "Comment", "editor")
    assert not project.undo_stack.isClean()
    assert project.save()
    assert project.undo_stack.isClean()
    assert path.read_bytes() == (text + "# end").encode("utf-8")


def test_a_file_that_cannot_be_opened_leaves_the_old_one(project: Project, tmp_path: Path) -> None:
    said: list[tuple[str, str]] = []
    project.noticed.connect(lambda severity, words: said.append((severity, words)))
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00x")
    assert not project.open(tmp_path / "b.yaml")
    assert not project.open(tmp_path / "missing.yaml")
    assert project.text == TEXT
    assert [severity for severity, _ in said] == ["error", "error"]


def test_a_crash_loses_nothing_even_twice(qtbot: QtBot, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT, "utf-8")
    first = Project(catalog)
    first.open(path)
    first.apply((Edit(0, 0, "# unsaved\n"),), "Comment", "editor")
    first.close()  # what a kill after the half second leaves behind: no save
    for _ in range(2):
        again = Project(catalog)
        again.open(path)
        assert again.text == "# unsaved\n" + TEXT
        again.undo_stack.undo()
        assert again.text == TEXT
        again.undo_stack.redo()
        again.close()
        again.deleteLater()
    last = Project(catalog)
    last.open(path)
    last.save()
    last.close()
    assert path.read_text("utf-8") == "# unsaved\n" + TEXT
    clean = Project(catalog)
    clean.open(path)
    assert clean.undo_stack.isClean()
    for made in (first, last, clean):
        made.close()
        made.deleteLater()


EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.text("ab:\n -🦦é", max_size=4), st.booleans()),
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EDITS)
def test_undo_and_redo_restore_every_text(
    project: Project, edits: list[tuple[float, float, str, bool]]
) -> None:
    project.new(TEXT)
    texts = [project.text]
    for first, second, text, merge in edits:
        places = sorted(int(part * len(project.text)) for part in (first, second))
        edit = Edit(places[0], min(places[1], places[0] + 5), text)
        before = project.undo_stack.count()
        project.apply((edit,), "Edit", "editor", merge=merge)
        if project.undo_stack.count() > before:
            texts.append(project.text)
        else:
            texts[-1] = project.text
    for index in [*range(len(texts) - 1, -1, -1), *range(len(texts))]:
        project.undo_stack.setIndex(index)
        assert project.text == texts[index]

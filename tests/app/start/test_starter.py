"""From data to a spec, by the real command in a real process."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.settings import projects
from app.start.samples import Sample, own_copy
from app.start.starter import Started, Starter, free_spec_path, refusal_words

ROWS = "height,weight,sex\n" + "\n".join(
    f"{150 + n % 50},{50 + n % 37},{'f' if n % 3 else 'm'}" for n in range(120)
)


@pytest.fixture
def starter(qtbot: QtBot) -> Iterator[Starter]:
    made = Starter()
    yield made
    made.cancel()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(ROWS)
    return path


@pytest.mark.slow
def test_a_spec_is_written_beside_the_data(starter: Starter, table: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(starter.made, timeout=20_000) as told:
        starter.make(table)
        assert starter.busy
    made: Started = told.args[0]
    assert made.spec == table.with_suffix(".yaml")
    assert made.spec.read_text() == made.text
    assert made.text.startswith("netwright: 1")
    assert "target: sex" in made.text
    assert not starter.busy


@pytest.mark.slow
def test_another_target_writes_nothing(starter: Starter, table: Path, qtbot: QtBot) -> None:
    spec = table.with_suffix(".yaml")
    spec.write_text("netwright: 1\n")
    before = sorted(path.name for path in table.parent.iterdir())
    with qtbot.waitSignal(starter.retargeted, timeout=20_000) as told:
        starter.retarget(table, spec, "weight")
    made: Started = told.args[0]
    assert "target: weight" in made.text
    assert "people.csv" in made.text
    assert ".netwright" not in made.text
    assert spec.read_text() == "netwright: 1\n"
    assert sorted(path.name for path in table.parent.iterdir()) == before


@pytest.mark.slow
def test_data_that_is_none_is_refused_in_a_sentence(
    starter: Starter, tmp_path: Path, qtbot: QtBot
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with qtbot.waitSignal(starter.failed, timeout=20_000) as told:
        starter.make(empty)
    assert "{" not in told.args[0]
    assert "Traceback" not in told.args[0]
    assert not (tmp_path / "empty.yaml").exists()


def test_a_look_can_be_given_up(starter: Starter, table: Path) -> None:
    starter.make(table)
    starter.cancel()
    assert not starter.busy


def test_no_file_is_ever_written_over(table: Path) -> None:
    assert free_spec_path(table).name == "people.yaml"
    table.with_suffix(".yaml").write_text("mine")
    assert free_spec_path(table).name == "people-2.yaml"
    assert free_spec_path(table.parent).parent == table.parent.parent


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_data_in_a_locked_folder_gets_its_spec_elsewhere(table: Path) -> None:
    table.parent.chmod(0o500)
    assert free_spec_path(table).parent == projects()


def test_refusals_become_sentences() -> None:
    said = '{"code": "a.b", "message": "no rows", "hint": "add some"}\nplain words\n'
    assert refusal_words(said, "x.csv") == "no rows (add some); plain words"
    assert refusal_words("", "x.csv") == "x.csv could not be understood as data."


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    folder = tmp_path / "digits"
    folder.mkdir()
    (folder / "digits.yaml").write_text("# Digits\nnetwright: 1\n")
    (folder / "digits.csv").write_text(ROWS)
    return Sample("digits", "Digits", folder)


def test_a_sample_is_copied_once_and_found_again(sample: Sample) -> None:
    spec = own_copy(sample)
    assert spec == projects() / "digits" / "digits.yaml"
    assert (spec.parent / "digits.csv").is_file()
    (spec.parent / "digits.runs").mkdir()
    assert own_copy(sample) == spec


def test_a_sample_that_was_changed_is_left_alone(sample: Sample) -> None:
    own_copy(sample).write_text("netwright: 1\nname: mine\n")
    fresh = own_copy(sample)
    assert fresh.parent.name == "digits-2"
    assert fresh.read_bytes() == sample.spec.read_bytes()

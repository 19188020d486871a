"""check --fix: what is certain is mended in the file, what would make it worse is left."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from nnspec.problems import Edit, Fix
from trainers import mending
from trainers.check import check
from trainers.commands import run_command
from trainers.mending import mend

CATALOG = Catalog.discover()
WRONG = """\
# my network
netwright: 1
data:
  source: a.csv
  targt: y   # what to predict
model:
  - linear: {out_featurs: 8}
  - relux
  - dropot: 0.1
  - linear: auto
train: {epochz: 3, optimizer: {sdg: {lr: 0.1}}}
"""
RIGHT = (
    WRONG.replace("targt", "target")
    .replace("out_featurs", "out_features")
    .replace("relux", "relu")
    .replace("dropot", "dropout")
    .replace("epochz", "epochs")
    .replace("sdg", "sgd")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = "".join(f"{n},{n % 3 + 0.5},{'ab'[n % 2]}\n" for n in range(40))
    (tmp_path / "a.csv").write_text("one,two,y\n" + rows)
    return tmp_path


def test_all_fixes_are_applied_and_nothing_else_is_touched(folder):
    mended = mend(WRONG, folder, CATALOG)
    assert mended.text == RIGHT
    assert mended.checked.sound
    assert len(mended.fixed) == 6


def test_the_file_is_mended_and_what_was_done_is_said(folder, capsys):
    spec = folder / "net.yaml"
    spec.write_text(WRONG)
    assert run_command(["check", str(spec), "--fix", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"]
    assert [each["line"] for each in told["fixed"]] == [5, 7, 8, 9, 11, 11]
    assert told["fixed"][2]["fix"] == "Change it to 'relu'"
    assert spec.read_text() == RIGHT
    before = spec.stat().st_mtime_ns
    assert run_command(["check", str(spec), "--fix"]) == 0  # nothing left: not written again
    assert spec.stat().st_mtime_ns == before
    assert [path.name for path in folder.iterdir() if "tmp" in path.name] == []


def test_words_for_people(folder, capsys):
    spec = folder / "net.yaml"
    spec.write_text(RIGHT.replace("relu", "relux"))
    assert run_command(["check", str(spec), "--fix"]) == 0
    assert (
        "net.yaml:8:5  fixed  unknown layer 'relux': Change it to 'relu'" in capsys.readouterr().err
    )


def test_what_cannot_be_fixed_stays_and_is_reported(folder, capsys):
    spec = folder / "net.yaml"
    spec.write_text(WRONG.replace("relux", "qqqqqq"))
    assert run_command(["check", str(spec), "--fix"]) == 2
    assert spec.read_text() == RIGHT.replace("relu", "qqqqqq")
    assert "unknown layer 'qqqqqq'" in capsys.readouterr().err


def test_who_may_read_and_write_a_file_stays(folder, capsys):
    spec = folder / "net.yaml"
    spec.write_text(WRONG)
    spec.chmod(0o600)
    assert run_command(["check", str(spec), "--fix"]) == 0
    assert spec.stat().st_mode & 0o777 == 0o600
    spec.write_text(WRONG)
    spec.chmod(0o444)
    assert run_command(["check", str(spec), "--fix"]) == 4
    assert spec.read_text() == WRONG
    assert "read-only" in capsys.readouterr().err


@pytest.mark.parametrize("bad", ["}}}", "  - - relu: [", "qqqqq", "relux"])
def test_a_fix_that_makes_it_worse_or_changes_nothing_is_left_out(folder, monkeypatch, bad):
    """A fix that is wrong, planted on the first problem, is tried once and dropped."""
    honest = check

    def planted(text, place, catalog):
        checked = honest(text, place, catalog)
        problems = tuple(
            replace(each, fix=Fix("wrong", Edit(each.span.start, each.span.end, bad)))
            if each.message == "unknown layer 'relux'"
            else each
            for each in checked.problems
        )
        return replace(checked, problems=problems)

    monkeypatch.setattr(mending, "check", planted)
    mended = mend(WRONG, folder, CATALOG)
    expected = {"qqqqq": RIGHT.replace("- relu\n", "- qqqqq\n")}
    assert mended.text == expected.get(bad, RIGHT.replace("- relu\n", "- relux\n"))


def test_an_old_format_is_brought_up_and_then_mended(folder):
    text = "netwright: 0\ndata: {path: a.csv, target: y}\nlayers: [relux, {linear: auto}]\n"
    mended = mend(text, folder, CATALOG)
    assert mended.checked.sound
    assert mended.text == (
        "netwright: 1\ndata: {source: a.csv, target: y}\nmodel: [relu, {linear: auto}]\n"
    )


def test_fix_and_set_exclude_each_other(folder, capsys):
    spec = folder / "net.yaml"
    spec.write_text(RIGHT)
    assert run_command(["check", str(spec), "--fix", "--set", "train.epochs=2"]) == 2
    assert "--fix" in capsys.readouterr().err

"""netwright diff: specs and runs, words and JSON."""

import json
from pathlib import Path

import pytest

from trainers.commands import run_command
from trainers.runs import create

SPEC = """netwright: 1
data: {source: a.csv, target: y}
model: [{linear: 8}, relu, {linear: auto}]
train: {epochs: 3}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    rows = "".join(f"{n},{n % 3 + 0.5},{'ab'[n % 2]}\n" for n in range(40))
    (tmp_path / "a.csv").write_text("one,two,y\n" + rows)
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    return path


def told(capsys, *words):
    assert run_command(["diff", *map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_defaults_written_out_are_no_difference(spec, capsys):
    assert run_command(["show", str(spec)]) == 0
    shown = spec.with_name("shown.yaml")
    shown.write_text(capsys.readouterr().out)
    assert told(capsys, spec, shown) == {"same": True, "differences": []}
    assert run_command(["diff", str(spec), str(shown)]) == 0
    assert capsys.readouterr().out == "No difference in meaning.\n"


def test_a_spec_and_a_run_of_another(spec, capsys):
    other = SPEC.replace("epochs: 3", "epochs: 5").replace("linear: 8", "linear: 9")
    run = create(other, spec_path=spec, path=None, name=None, device=None, seed=1)
    found = told(capsys, spec, run.path)
    assert not found["same"]
    assert [each["words"] for each in found["differences"]] == [
        "linear, out_features: 8 -> 9",
        "epochs: 3 -> 5",
    ]
    assert run_command(["diff", str(spec), str(run.path)]) == 0
    assert "train  epochs: 3 -> 5\n" in capsys.readouterr().out


def test_where_the_data_is_gone_networks_are_still_compared(spec, capsys):
    other = spec.with_name("other.yaml")
    other.write_text(SPEC.replace("relu", "tanh"))
    spec.with_name("a.csv").unlink()
    found = told(capsys, spec, other)
    assert [each["change"] for each in found["differences"]] == ["removed", "added"]


def test_what_cannot_be_read_is_reported(spec, capsys):
    other = spec.with_name("other.yaml")
    other.write_text(SPEC.replace("relu", "relux"))
    assert run_command(["diff", str(spec), str(other)]) == 2
    assert "relux" in capsys.readouterr().err
    assert run_command(["diff", str(spec), "nowhere.yaml"]) == 2

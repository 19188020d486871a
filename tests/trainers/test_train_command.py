"""`netwright train` from the text to the run folder, with real data and the real loop."""

import json
import random
from pathlib import Path

import pytest

from trainers.commands import run_command
from trainers.history import History, reduce
from trainers.journal import read_events
from trainers.record import RunRecord
from trainers.runs import RunFolder, open_run

SPEC = """\
netwright: 1
name: Points
params: {width: 8}
data: {source: points.csv, target: kind}   # two classes
model:
  - linear: $width
  - relu
  - linear: auto
train: {epochs: 2, batch_size: 64}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    choose = random.Random(1)
    rows = [(choose.gauss(0, 1), choose.gauss(0, 1)) for _ in range(400)]
    lines = [f"{a:.4f},{b:.4f},{'yes' if a + b > 0 else 'no'}" for a, b in rows]
    (tmp_path / "points.csv").write_text("a,b,kind\n" + "\n".join(lines) + "\n")
    (tmp_path / "points.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def events_of(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def only_run(project: Path) -> RunFolder:
    (path,) = (project / "points.runs").iterdir()
    run = open_run(path)
    assert isinstance(run, RunFolder)
    return run


def test_json_is_one_event_a_line_and_ends_with_the_end(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["train", "points.yaml", "--json", "--seed", "3", "--device", "cpu"]) == 0
    captured = capsys.readouterr()
    events = events_of(captured.out)
    assert captured.err == ""
    assert all(next(iter(event)) == "kind" for event in events)
    assert events[0]["kind"] == "run_started"
    assert events[-1]["kind"] == "run_ended"
    assert events[-1]["status"] == "finished"
    assert Path(str(events[-1]["run"])).resolve() == only_run(project).path
    metrics = events[-1]["metrics"]
    assert isinstance(metrics, dict)
    assert {"val_loss", "test_loss", "test_accuracy"} <= set(metrics)


def test_the_run_holds_the_text_and_what_it_was_done_with(project: Path) -> None:
    assert run_command(["train", "points.yaml", "--seed", "3"]) == 0
    run = only_run(project)
    assert run.text() == SPEC
    record = run.record()
    assert isinstance(record, RunRecord)
    assert (record.name, record.seed, record.device) == ("Points", 3, "cpu")
    assert record.threads
    assert record.data
    assert record.spec == "../../points.yaml"
    assert reduce(History(), read_events(run.events_path)).state == "finished"


def test_settings_are_spliced_into_the_text_that_is_trained(project: Path) -> None:
    words = ["train", "points.yaml", "--set", "width=4", "--set", "train.epochs=1"]
    assert run_command([*words, "--run", "mine"]) == 0
    run = RunFolder(project / "mine")
    expected = SPEC.replace("width: 8", "width: 4").replace("epochs: 2", "epochs: 1")
    assert run.text() == expected
    assert (project / "points.yaml").read_text() == SPEC


def test_a_seed_nobody_named_is_drawn_and_recorded(project: Path) -> None:
    seeds: list[int | None] = []
    for name in ("one", "two"):
        assert run_command(["train", "points.yaml", "--run", name]) == 0
        record = RunFolder(project / name).record()
        assert isinstance(record, RunRecord)
        seeds.append(record.seed)
    assert None not in seeds
    assert seeds[0] != seeds[1]


def test_a_taken_folder_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["train", "points.yaml", "--run", "one"]) == 0
    capsys.readouterr()
    assert run_command(["train", "points.yaml", "--run", "one", "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert json.loads(captured.err)["code"] == "run.exists"


@pytest.mark.parametrize(
    ("words", "spec", "code"),
    [
        ([], SPEC.replace("relu", "relo"), "layer.unknown"),
        ([], SPEC.replace("points.csv", "none.csv"), None),
        (["--set", "depth=3"], SPEC, "set.unknown"),
        (["--seed", "-1"], SPEC, "usage"),
        (["--device", "tpu"], SPEC, "usage"),
    ],
)
def test_mistakes_are_told_and_leave_no_run(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], spec: str, code: str | None
) -> None:
    (project / "points.yaml").write_text(spec)
    assert run_command(["train", "points.yaml", "--json", *words]) == 2
    captured = capsys.readouterr()
    told = [json.loads(line) for line in captured.err.splitlines()]
    assert captured.out == ""
    assert told
    assert code is None or told[0]["code"] == code
    assert set(told[0]) == {"code", "message", "where", "hint"}
    assert not (project / "points.runs").exists()


def test_a_device_that_is_not_there_leaves_no_run(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = [run_command(["train", "points.yaml", "--device", it]) for it in missing_devices()]
    assert codes
    assert set(codes) == {4}
    assert "this machine has no device" in capsys.readouterr().err
    assert not (project / "points.runs").exists()


def missing_devices() -> list[str]:
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return [device for device, found in there.items() if not found]


def test_data_instead_of_a_spec_is_told_what_to_do(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["train", "points.csv"]) == 2
    said = capsys.readouterr().err
    assert "points.csv is not a spec" in said
    assert "netwright new points.csv" in said


def test_people_read_that_nothing_was_trained(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "points.yaml").write_text(SPEC.replace("relu", "relo"))
    assert run_command(["train", "points.yaml"]) == 2
    told = capsys.readouterr().err
    assert "points.yaml:7:5  error" in told
    assert "    7 |   - relo" in told
    assert told.endswith("1 problem. Nothing was trained.\n")


def test_a_training_that_fails_says_so_once_on_each_stream(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = SPEC.replace("batch_size: 64}", "batch_size: 64, optimizer: {sgd: {lr: 1e30}}}")
    (project / "points.yaml").write_text(spec)
    assert run_command(["train", "points.yaml", "--json"]) == 5
    captured = capsys.readouterr()
    assert events_of(captured.out)[-1]["status"] == "failed"
    (line,) = captured.err.splitlines()
    assert "no longer a finite number" in json.loads(line)["message"]


def test_changed_data_is_noticed_before_a_run_goes_on(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["train", "points.yaml", "--run", "one", "--seed", "1"]) == 0
    run = RunFolder(project / "one")
    lines = run.events_path.read_text().splitlines(keepends=True)
    run.events_path.write_text("".join(line for line in lines if "run_ended" not in line))
    with (project / "points.csv").open("a") as file:
        file.write("0.5,0.5,yes\n")
    capsys.readouterr()
    assert run_command(["resume", "one", "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["code"] == "data.changed"
    record = run.record()
    assert isinstance(record, RunRecord)
    assert record.data

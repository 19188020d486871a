"""The commands that deal with runs, on real run folders and real workers of a small training."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from tests.trainers.small_training import small_job
from trainers.commands import COMMANDS, run_command, summary
from trainers.events import Event, Progress, RunStarted
from trainers.history import History, reduce
from trainers.journal import read_events
from trainers.manifest import names_newest_first, pointed
from trainers.run_list import list_runs, state_of, summarise
from trainers.runs import RunFolder, create
from trainers.worker import work

ROOT = Path(__file__).resolve().parents[2]


def new_run(path: Path, **settings: object) -> RunFolder:
    made = create("netwright: 1\n", path=path, **settings)
    assert isinstance(made, RunFolder)
    return made


@pytest.fixture
def trained(tmp_path: Path) -> RunFolder:
    run = new_run(tmp_path / "trained")
    assert work(run, Catalog([]), lambda _: None, prepare=small_job(steps=100)) == 0
    return run


@pytest.fixture
def half_way(tmp_path: Path) -> RunFolder:
    run = new_run(tmp_path / "half")

    def stop(event: Event) -> None:
        if isinstance(event, Progress) and event.step == 60:
            run.request("stop")

    assert work(run, Catalog([]), stop, prepare=small_job(steps=200, pace=0.002)) == 0
    return run


@pytest.fixture
def working(tmp_path: Path):
    """A run with a worker on it, in a process of its own."""
    run = new_run(tmp_path / "working")
    command = [sys.executable, "-m", "tests.trainers.small_training", str(run.path)]
    process = subprocess.Popen([*command, "100000", "0.002", "20"], cwd=ROOT)
    until(lambda: any(isinstance(event, RunStarted) for event in read_events(run.events_path)))
    yield run
    process.terminate()
    process.wait()


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def error_of(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


def test_every_command_has_a_sentence_of_help() -> None:
    assert {"train", "resume", "stop", "pause", "runs", "doctor", "fsck"} <= set(COMMANDS)
    for name in COMMANDS:
        assert summary(name)[-1] in ".?", name


def test_looking_at_help_imports_no_torch() -> None:
    code = (
        "import sys\nfrom trainers.commands import COMMANDS, run_command, summary\n"
        "[summary(name) for name in COMMANDS]\n"
        "assert run_command(['runs', sys.argv[1]]) == 0\n"
        "assert run_command(['fsck', sys.argv[1]]) == 2\n"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, "/"], check=True, capture_output=True)


@pytest.mark.parametrize("name", ["resume", "stop", "pause", "fsck"])
def test_a_folder_without_a_run_is_a_usage_mistake(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command([name, str(tmp_path), "--json"]) == 2
    assert error_of(capsys)["code"] == "run.missing"


@pytest.mark.parametrize("name", ["resume", "stop", "pause", "fsck"])
def test_a_newer_run_is_left_alone(
    trained: RunFolder, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (trained.path / "run.json").write_text('{"format": 999}')
    before = {path: path.stat().st_mtime_ns for path in trained.path.rglob("*")}
    assert run_command([name, str(trained.path), "--json"]) == 7
    assert error_of(capsys)["code"] == "run.newer"
    assert {path: path.stat().st_mtime_ns for path in trained.path.rglob("*")} == before


@pytest.mark.parametrize("words", [["stop"], ["stop", "a", "b"], ["runs", "--loud"]])
def test_wrong_usage_is_two_and_one_json_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command([*words, "--json"]) == 2
    assert error_of(capsys)["code"] == "usage"
    assert run_command(words) == 2
    assert "usage: netwright" in capsys.readouterr().err


def test_help_is_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["fsck", "--help"]) == 0
    assert "Say whether a run is whole" in capsys.readouterr().out


def test_resume_of_a_finished_run_changes_nothing(
    trained: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    before = trained.events_path.read_bytes()
    assert run_command(["resume", str(trained.path), "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert json.loads(lines[-1])["status"] == "finished"
    assert lines[-1].startswith('{"kind":')
    assert trained.events_path.read_bytes() == before


def test_stop_waits_until_the_worker_has_saved(
    working: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["stop", str(working.path)]) == 0
    assert not working.is_held()
    assert working.wish() is None
    assert state_of(working) == "stopped"
    assert names_newest_first(working)
    assert "stopped" in capsys.readouterr().err
    assert run_command(["stop", str(working.path)]) == 0


def test_pause_and_resume_from_elsewhere(
    working: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["pause", str(working.path)]) == 0
    assert state_of(working) == "paused"
    history = reduce(History(), read_events(working.events_path))
    assert history.checkpoint is not None
    assert history.checkpoint.step == history.step
    assert run_command(["resume", str(working.path)]) == 0
    assert "working goes on" in capsys.readouterr().err
    assert state_of(working) == "running"
    until(lambda: reduce(History(), read_events(working.events_path)).step > history.step)


def test_resume_of_a_run_that_is_trained_is_refused(
    working: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["resume", str(working.path), "--json"]) == 6
    told = error_of(capsys)
    assert told["code"] == "run.locked"
    assert f"netwright stop {working.path}" in str(told["hint"])


def test_pausing_what_nobody_trains_is_told(
    half_way: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["pause", str(half_way.path), "--json"]) == 2
    assert error_of(capsys)["code"] == "run.idle"
    assert half_way.wish() is None


def test_runs_lists_what_is_there(
    tmp_path: Path, trained: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "adult.yaml"
    new = create("netwright: 1\n", spec_path=spec, name="Adult")
    assert isinstance(new, RunFolder)
    broken = new_run(tmp_path / "adult.runs" / "broken")
    (broken.path / "run.json").write_text("{")
    assert run_command(["runs", str(tmp_path), "--json"]) == 0
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert listed["trained"]["status"] == "finished"
    assert listed["trained"]["epoch"] == listed["trained"]["epochs"] == 2
    assert listed[new.name]["status"] == "starting"
    assert listed[new.name]["spec"] == "Adult"
    assert "damaged" in listed["broken"]["problem"]
    assert run_command(["runs", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "finished" in said
    assert str(broken.path) in said
    assert run_command(["runs", str(tmp_path / "none"), "--json"]) == 2


def test_paths_of_runs_can_be_copied_into_the_next_command(
    tmp_path: Path,
    trained: RunFolder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def listed(folder: str) -> Path:
        assert run_command(["runs", folder]) == 0
        return Path(capsys.readouterr().out.splitlines()[1].split()[0])

    monkeypatch.chdir(tmp_path)
    assert listed(".") == listed(str(tmp_path)) == Path("trained")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert listed("..").is_absolute()
    assert listed("..").samefile(trained.path)


def test_two_thousand_runs_are_listed_quickly(tmp_path: Path, trained: RunFolder) -> None:
    import shutil

    for number in range(2000):
        folder = tmp_path / "many.runs" / f"run-{number}"
        folder.mkdir(parents=True)
        for name in ("run.json", "spec.yaml", "events.jsonl", "lock"):
            shutil.copy(trained.path / name, folder)
    before = time.process_time()
    assert len(list_runs(tmp_path / "many.runs")) == 2000
    assert time.process_time() - before < 10


def test_a_run_is_summed_up(half_way: RunFolder) -> None:
    summary_ = summarise(half_way)
    assert summary_.state == "stopped"
    assert 60 <= summary_.step < 200


def test_fsck_of_a_whole_run(trained: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in trained.path.rglob("*")}
    assert run_command(["fsck", str(trained.path)]) == 0
    assert "checkpoints verified" in capsys.readouterr().out
    assert run_command(["fsck", str(trained.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert {path: path.stat().st_mtime_ns for path in trained.path.rglob("*")} == before


def test_fsck_finds_a_flipped_bit_and_rebuild_makes_the_run_whole(
    half_way: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    name = pointed(half_way, "last")
    assert name is not None
    path = half_way.checkpoints_path / name / "model.safetensors"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 16
    path.write_bytes(raw)
    assert run_command(["fsck", str(half_way.path), "--json"]) == 7
    captured = capsys.readouterr()
    assert json.loads(captured.out)["ok"] is False
    assert name in json.loads(captured.err)["message"]
    assert run_command(["fsck", str(half_way.path), "--rebuild"]) == 0
    assert pointed(half_way, "last") == names_newest_first(half_way)[0] != name
    assert (half_way.checkpoints_path / f"{name}.damaged").is_dir()


@pytest.mark.parametrize("pointer", ["last.json", "best.json"])
def test_fsck_finds_a_broken_pointer(trained: RunFolder, pointer: str) -> None:
    (trained.checkpoints_path / pointer).write_text("{}")
    assert run_command(["fsck", str(trained.path)]) == 7
    assert run_command(["fsck", str(trained.path), "--rebuild"]) == 0


def test_fsck_tells_a_torn_tail_from_damage(
    trained: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = trained.events_path.read_bytes()
    trained.events_path.write_bytes(whole[:-30])
    assert run_command(["fsck", str(trained.path)]) == 0
    assert "torn" in capsys.readouterr().err
    raw = bytearray(whole)
    raw[whole.index(b"\n") + 20] ^= 1
    trained.events_path.write_bytes(raw)
    assert run_command(["fsck", str(trained.path)]) == 7
    assert "line 2" in capsys.readouterr().err


def test_doctor_says_what_a_support_mail_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["doctor", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts) == {"versions", "system", "devices", "folders"}
    assert {"netwright", "torch", "python"} <= set(facts["versions"])
    assert run_command(["doctor"]) == 0
    assert "threads for torch" in capsys.readouterr().out

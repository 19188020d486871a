"""Run folders: made once, recorded whole, wished upon, listed."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nnspec.problems import Problem
from trainers import runs
from trainers.exits import exit_code
from trainers.record import RunRecord
from trainers.runs import RunFolder, create, default_parent, open_run

TEXT = "netwright: 1\n# ünïcode \u2028 and\r\nno final newline"


def made(found: RunFolder | Problem) -> RunFolder:
    assert isinstance(found, RunFolder), found
    return found


def refused(found: object) -> Problem:
    assert isinstance(found, Problem), found
    return found


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "adult.yaml"
    path.write_text(TEXT, newline="")
    return path


@pytest.fixture
def run(spec: Path) -> RunFolder:
    return made(create(TEXT, spec_path=spec, name="Adult", device="cpu", seed=3))


def test_a_run_holds_exactly_the_text_and_lies_beside_its_spec(run: RunFolder, spec: Path) -> None:
    assert run.path.parent == default_parent(spec) == spec.parent / "adult.runs"
    assert run.spec_path.read_bytes() == TEXT.encode()
    assert run.text() == TEXT
    assert run.source_folder() == spec.parent


def test_the_record_comes_back(run: RunFolder) -> None:
    record = run.record()
    assert isinstance(record, RunRecord)
    assert (record.format, record.name, record.device, record.seed) == (1, "Adult", "cpu", 3)
    known = replace(record, threads=2, versions={"torch": "2"}, data={"adult.csv": "ab12"})
    run.write_record(known)
    assert run.record() == known
    assert [path.name for path in run.path.iterdir() if path.name.startswith(".")] == []


def test_a_moved_project_still_finds_its_data(run: RunFolder, spec: Path, tmp_path: Path) -> None:
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    tmp_path.rename(moved)
    there = made(open_run(moved / run.path.relative_to(tmp_path)))
    assert there.source_folder() == moved


def test_names_are_unique_even_when_all_are_made_at_once(spec: Path) -> None:
    found = {made(create(TEXT, spec_path=spec)).path for _ in range(300)}
    assert len(found) == 300


def test_two_processes_never_get_the_same_folder(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom trainers import names\n"
        "names._ADJECTIVES, names._NOUNS = list('abcdefgh'), list('abcdefgh')\n"
        "for _ in range(20): print(names.new_folder(Path(sys.argv[1])).name)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    names = [name for process in started for name in process.communicate()[0].split()]
    assert len(names) == len(set(names)) == 60


def test_a_chosen_folder_is_used_when_it_is_new_or_empty(spec: Path, tmp_path: Path) -> None:
    new = tmp_path / "deep" / "my run"
    assert made(create(TEXT, spec_path=spec, path=new)).path == new
    empty = tmp_path / "empty"
    empty.mkdir()
    assert made(create(TEXT, spec_path=spec, path=empty)).path == empty
    assert made(open_run(empty)).source_folder() == tmp_path


def test_a_folder_with_a_run_or_anything_else_is_left_alone(run: RunFolder, tmp_path: Path) -> None:
    before = sorted(path.name for path in run.path.iterdir())
    assert refused(create("other", path=run.path)).code == "run.exists"
    assert sorted(path.name for path in run.path.iterdir()) == before
    assert run.text() == TEXT
    other = tmp_path / "photos"
    other.mkdir()
    (other / "me.jpg").touch()
    assert refused(create("other", path=other)).code == "run.exists"
    assert [path.name for path in other.iterdir()] == ["me.jpg"]


def test_a_run_in_the_place_of_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    problem = refused(create(TEXT, path=tmp_path / "file" / "run"))
    assert exit_code([problem]) == 4
    assert str(tmp_path / "file") in problem.message


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/self takes no files, even from root")
def test_a_folder_that_takes_no_files_is_a_resource_problem() -> None:
    problem = refused(create(TEXT, path=Path("/proc/self/run")))
    assert exit_code([problem]) == 4
    assert "/proc/self/run" in problem.message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="changes its user")
def test_a_folder_of_somebody_else_is_a_problem_of_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom trainers.runs import create\n"
        "from trainers.exits import exit_code\nos.setuid(65534)\n"
        "problem = create('x', path=Path(sys.argv[1]))\n"
        "print(problem.message)\nsys.exit(exit_code([problem]))\n"
    )
    target = tmp_path / "run"
    command = [sys.executable, "-c", code, str(target)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 4, done.stderr
    assert "permission" in done.stdout
    assert str(target) in done.stdout


def test_opening_what_is_no_run(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        problem = refused(open_run(path))
        assert problem.code == "run.missing"
        assert exit_code([problem]) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "run.damaged"),
        ("{", "run.damaged"),
        ("[]", "run.damaged"),
        ("[" * 100_000, "run.damaged"),
        ('{"format": 1}', "run.damaged"),
        ('{"format": 1, "created": 5}', "run.damaged"),
        ('{"format": 1, "created": "x", "seed": "y"}', "run.damaged"),
        ('{"format": 1, "created": "x", "data": [1]}', "run.damaged"),
        ('{"format": 999, "created": "x", "colour": "blue"}', "run.newer"),
    ],
)
def test_a_damaged_or_newer_run_is_told_and_left_untouched(
    run: RunFolder, content: str, code: str
) -> None:
    (run.path / "run.json").write_text(content)
    before = {path: path.stat().st_mtime_ns for path in run.path.rglob("*")}
    problem = refused(open_run(run.path))
    assert problem.code == code
    assert exit_code([problem]) == 7
    assert {path: path.stat().st_mtime_ns for path in run.path.rglob("*")} == before


def test_fields_of_a_later_version_of_the_format_are_read_over(run: RunFolder) -> None:
    data = json.loads((run.path / "run.json").read_text())
    (run.path / "run.json").write_text(json.dumps({**data, "later": {"a": 1}}))
    assert isinstance(run.record(), RunRecord)


def test_a_run_without_its_text_is_damaged(run: RunFolder) -> None:
    run.spec_path.unlink()
    assert refused(open_run(run.path)).code == "run.damaged"


def test_wishes(run: RunFolder) -> None:
    assert run.wish() is None
    run.request("pause")
    assert run.wish() == "pause"
    run.request("stop")
    assert run.wish() == "stop"
    run.clear("stop")
    assert run.wish() == "pause"
    run.request("stop")
    run.clear()
    assert run.wish() is None
    run.clear()


def test_runs_and_their_readers_never_import_torch() -> None:
    code = (
        "import sys, trainers.runs, trainers.journal, trainers.history, trainers.manifest, "
        "trainers.launch, trainers.run_list, trainers.reporting, trainers.commands\n"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert runs.__doc__

"""What strangers' files do to the program: a sentence, the documented exit code, never a traceback.

Every case runs the real command in a process of its own on a real file. With `--json` every line on
stderr has to be one error of the documented form.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
EXITS = {0, 2, 3, 4, 5, 6, 7, 130, 143}


def netwright(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would and judge what holds for every run of it."""
    home = {"NETWRIGHT_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "app.main", *words],
        cwd=folder,
        env=os.environ | home | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in EXITS, done.stderr
    assert done.returncode in (0, 5, 130, 143) or done.stderr.strip()
    return done


def errors(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    """Return the JSON lines of stderr; every line has to be one."""
    found = [json.loads(line) for line in done.stderr.splitlines()]
    for error in found:
        assert set(error) == {"code", "message", "where", "hint"}
        assert set(error["where"]) == {"file", "line", "column", "row"}
    return found


def pictures(folder: Path) -> Path:
    """Make a folder of two classes with twelve small pictures each."""
    for shade, name in ((60, "cat"), (200, "dog")):
        (folder / name).mkdir(parents=True)
        for number in range(12):
            Image.new("RGB", (8, 8), (shade, number, 0)).save(folder / name / f"{number}.png")
    return folder


def rows(header: str, *, count: int = 60) -> str:
    """Make a table of two number columns and one of two classes under the given header."""
    lines = (f"{n * 7 % 61 / 9:.3f},{n * 5 % 59 / 7:.3f},{'pq'[n % 2]}" for n in range(count))
    return "\n".join((header, *lines)) + "\n"


def png_that_claims(width: int, height: int) -> bytes:
    """Return a PNG file of a hundred bytes whose header claims a large picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 100)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("side", [13_000, 60_000, 2**31 - 1])
def test_a_picture_with_a_huge_header_is_an_unreadable_picture(tmp_path: Path, side: int):
    (pictures(tmp_path / "animals") / "cat" / "bomb.png").write_bytes(png_that_claims(side, side))
    done = netwright(tmp_path, "new", "animals", "--json")
    assert done.returncode == 2
    (error,) = errors(done)
    assert error["code"] == "data.unreadable_picture"
    assert "bomb.png" in str(error["message"])


def test_an_archive_that_leads_outside_is_refused_as_unsafe(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "animals.zip", "w") as archive:
        archive.writestr("../../evil.png", b"x")
    done = netwright(tmp_path, "new", "animals.zip", "--json")
    assert done.returncode == 3
    assert errors(done)[0]["code"] == "data.unsafe"


@pytest.mark.parametrize(
    "source",
    [
        "missing.csv",
        "x" * 5000,
        "/dev/zero",
        "http://example.org/a.csv",
        pytest.param(
            "/proc/self/mem", marks=pytest.mark.skipif(sys.platform != "linux", reason="no /proc")
        ),
    ],
)
def test_what_is_no_data_file_is_told_so(tmp_path: Path, source: str):
    done = netwright(tmp_path, "new", source, "--json")
    assert done.returncode == 2
    assert str(errors(done)[0]["code"]).startswith("data.")
    assert list(tmp_path.glob("*.yaml")) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.csv")
    done = netwright(tmp_path, "new", "pipe.csv")
    assert done.returncode == 2
    assert "neither a file nor a folder" in done.stderr


def test_a_cell_of_a_megabyte_is_no_crash(tmp_path: Path):
    (tmp_path / "line.csv").write_text("x" * 3_000_000)
    assert netwright(tmp_path, "new", "line.csv").returncode == 2


@pytest.mark.parametrize("header", ["a,a,y", ",b,y", "a,,y", "1e3,b,y", "a,?,y", "on,no,nan"])
def test_odd_names_do_not_make_a_header_a_row(tmp_path: Path, header: str):
    (tmp_path / "t.csv").write_text(rows(header))
    done = netwright(tmp_path, "new", "t.csv", "--target", "last", "-o", "t.yaml")
    text = (tmp_path / "t.yaml").read_text()
    assert done.returncode == 0
    assert "60 rows" in text
    assert "ignore" not in text.partition("columns:")[2].partition("split:")[0].replace(
        "'ignore' leaves one out", ""
    )


def test_numbers_near_the_largest_one_are_scaled_without_overflow(tmp_path: Path):
    cells = [f"{n}e306,{n % 7},{'pq'[n % 2]}" for n in range(1, 101)]
    (tmp_path / "t.csv").write_text("\n".join(("a,b,y", *cells)) + "\n")
    done = netwright(tmp_path, "new", "t.csv", "--json")
    assert done.returncode == 0
    assert errors(done) == []
    trained = netwright(tmp_path, "train", "t.yaml", "--set", "train.epochs=1", "--json")
    assert trained.returncode == 0
    assert errors(trained) == []


def test_new_writes_over_nothing_and_says_so_in_the_form_asked_for(tmp_path: Path):
    (tmp_path / "t.csv").write_text(rows("a,b,y"))
    (tmp_path / "t.yaml").write_text("mine")
    done = netwright(tmp_path, "new", "t.csv", "-o", "t.yaml", "--json")
    assert done.returncode == 2
    assert errors(done)[0]["code"] == "spec.exists"
    assert (tmp_path / "t.yaml").read_text() == "mine"


@pytest.fixture(scope="module")
def trained_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    (folder / "t.csv").write_text(rows("a,b,y"))
    (folder / "t.yaml").write_text(
        "netwright: 1\ndata: {source: t.csv, target: y}\ntrain: {epochs: 1}\n"
    )
    assert netwright(folder, "train", "t.yaml", "--run", "done").returncode == 0
    return folder / "done"


@pytest.mark.parametrize("command", ["resume", "evaluate", "predict", "stop", "fsck"])
@pytest.mark.parametrize("part", ["spec.yaml", "events.jsonl"])
def test_a_damaged_run_is_named_with_its_part(
    tmp_path: Path, trained_run: Path, command: str, part: str
):
    shutil.copytree(trained_run, tmp_path / "run")
    (tmp_path / "run" / part).unlink()
    if part == "spec.yaml":
        (tmp_path / "run" / part).write_bytes(b"\xff\xfe\0broken")
    else:
        (tmp_path / "run" / part).mkdir()
    words = ("t.csv",) if command == "predict" else ()
    done = netwright(tmp_path, command, "run", *words)
    assert done.returncode == 7
    assert part in done.stderr


def test_a_list_of_runs_shows_the_damaged_one_among_the_others(tmp_path: Path, trained_run: Path):
    for name in ("whole", "broken"):
        shutil.copytree(trained_run, tmp_path / "t.runs" / name)
    (tmp_path / "t.runs" / "broken" / "events.jsonl").unlink()
    (tmp_path / "t.runs" / "broken" / "events.jsonl").mkdir()
    done = netwright(tmp_path, "runs", ".", "--json")
    assert done.returncode == 0
    told = {run["name"]: run for run in json.loads(done.stdout)}
    assert told["whole"]["status"] == "finished"
    assert "events.jsonl" in told["broken"]["problem"]


@pytest.mark.parametrize("output", ["t.csv", "run/spec.yaml", "run/checkpoints/last.json", "pipe"])
def test_predictions_overwrite_neither_their_data_nor_the_run_nor_a_device(
    tmp_path: Path, trained_run: Path, output: str
):
    shutil.copytree(trained_run, tmp_path / "run")
    (tmp_path / "t.csv").write_text(rows("a,b,y"))
    if output == "pipe":
        os.mkfifo(tmp_path / output)
    before = (tmp_path / output).lstat()
    done = netwright(tmp_path, "predict", "run", "t.csv", "-o", output, "--json")
    assert done.returncode == 3
    assert str(errors(done)[0]["code"]).startswith("unsafe.")
    after = (tmp_path / output).lstat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (
        before.st_ino,
        before.st_size,
        before.st_mtime_ns,
    )


@pytest.mark.parametrize("command", [["predict"], ["evaluate", "--data"]])
@pytest.mark.parametrize("data", ["missing.csv", "x" * 400])
def test_other_data_that_is_not_there_is_told_so(
    tmp_path: Path, trained_run: Path, command: list[str], data: str
):
    name, *option = command
    done = netwright(tmp_path, name, str(trained_run), *option, data, "--json")
    assert done.returncode == 2
    assert str(errors(done)[0]["code"]).startswith("data.")


def test_a_number_far_from_all_trained_ones_has_a_prediction(tmp_path: Path, trained_run: Path):
    (tmp_path / "t.csv").write_text("a,b\n1e300,1\n1,2\n")
    done = netwright(tmp_path, "predict", str(trained_run), "t.csv", "--json")
    assert done.returncode == 0
    assert errors(done) == []
    assert "NaN" not in done.stdout


@pytest.mark.parametrize("attempt", range(4))
def test_a_command_that_ends_right_after_reading_a_table_is_not_aborted(
    tmp_path: Path, trained_run: Path, attempt: int
):
    (tmp_path / f"{attempt}.csv").write_text("a,b,y\n")
    assert netwright(tmp_path, "predict", str(trained_run), f"{attempt}.csv").returncode == 2


@pytest.mark.parametrize("part", ["checkpoints", "events.jsonl"])
def test_a_run_without_its_checkpoints_or_its_journal_is_not_whole(
    tmp_path: Path, trained_run: Path, part: str
):
    shutil.copytree(trained_run, tmp_path / "run")
    assert netwright(tmp_path, "fsck", "run").returncode == 0
    lost = tmp_path / "run" / part
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    done = netwright(tmp_path, "fsck", "run", "--json")
    assert done.returncode == 7
    assert part in str(errors(done)[0]["message"])


def test_a_path_that_the_locale_cannot_name_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "t.yaml").write_text(
        "netwright: 1\ndata: {source: täfel.csv, target: y}\n", encoding="utf-8"
    )
    for name, value in (("LC_ALL", "C"), ("PYTHONUTF8", "0"), ("PYTHONCOERCECLOCALE", "0")):
        monkeypatch.setenv(name, value)
    done = netwright(tmp_path, "train", "t.yaml", "--json")
    assert done.returncode == 2
    assert str(errors(done)[0]["code"]).startswith("data.")


def test_a_table_is_looked_at_although_nothing_can_be_kept(tmp_path: Path):
    (tmp_path / "home").write_text("a file where a folder should be")
    (tmp_path / "t.csv").write_text(rows("a,b,y"))
    (tmp_path / "t.yaml").write_text("netwright: 1\ndata: {source: t.csv, target: y}\n")
    assert netwright(tmp_path, "check", "t.yaml").returncode == 0

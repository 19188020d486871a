"""The entry point decides before anything heavy loads, and answers slips with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.main import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trian"], "did you mean 'train'?"),
        (["missing.csv"], "there is no file 'missing.csv'"),
        (["--smaple"], "'--smaple' is not understood"),
        (["trian", "adult.yaml"], "there is no command or file 'trian'; did you mean 'train'?"),
        (["a", "b"], "there is no file 'a'"),
        ([str(Path(__file__)), "b"], "'b' is not understood"),
    ],
)
def test_a_slip_is_answered(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    for name in ("new", "check", "show", "train", "resume", "stop", "pause", "runs", "evaluate",
                 "predict", "schema", "fsck", "doctor"):  # fmt: skip
        assert f"  {name} " in printed


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("netwright 0.")


def test_a_reader_that_has_seen_enough_ends_the_output_quietly() -> None:
    program = f"{sys.executable!r} -m app.main schema | head -c 100"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", program], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(done.stdout) == 100


def test_a_sound_spec_is_told_to_have_no_problems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "\n".join(["a,y", *(f"{i % 9},{'pq'[i % 2]}" for i in range(60)), ""])
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    spec = tmp_path / "a.yaml"
    spec.write_text(
        "netwright: 1\ndata: {source: a.csv, target: y}\nmodel: [linear: auto]\n", "utf-8"
    )
    assert main(["check", str(spec)]) == 0
    assert capsys.readouterr().err == "No problems.\n"


def test_check_loads_neither_torch_nor_qt(tmp_path: Path) -> None:
    rows = "\n".join(["a,y", *(f"{i % 9},{'pq'[i % 2]}" for i in range(60)), ""])
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    (tmp_path / "a.yaml").write_text("netwright: 1\ndata: {source: a.csv, target: y}\n", "utf-8")
    program = (
        "import sys; from app.main import main; code = main(['check', sys.argv[1]]); "
        "print(code, sorted({'torch', 'PySide6', 'torchmetrics'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.yaml")],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "0 []"

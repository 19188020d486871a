"""Problems as people and programs get them."""

import io
import json
import os
from pathlib import Path

import pytest

from nnspec.problems import Problem, Problems, Span
from trainers.exits import exit_code, trouble
from trainers.reporting import problem_json, read_spec_file, report

TEXT = "netwright: 1\nmodel:\n  - lsmt: {hidden_size: 64}\n"


def unknown(text: str = TEXT, word: str = "lsmt") -> Problem:
    problems = Problems(text)
    start = text.index(word)
    problems.add(
        "layer.unknown",
        Span(start, start + len(word)),
        f"unknown layer '{word}'",
        hint="did you mean 'lstm'?",
    )
    return next(iter(problems))


def said(*problems: Problem, text: str = TEXT, as_json: bool = False) -> str:
    stream = io.StringIO()
    report(problems, "homes.yaml", text, as_json=as_json, stream=stream)
    return stream.getvalue()


def test_a_problem_shows_its_line_a_caret_and_the_hint() -> None:
    assert said(unknown()) == (
        "homes.yaml:3:5  error  unknown layer 'lsmt'\n"
        "    3 |   - lsmt: {hidden_size: 64}\n"
        "      |     ^^^^  did you mean 'lstm'?\n"
    )


def test_details_come_before_the_hint() -> None:
    problems = Problems(TEXT)
    problems.add(
        "shape.mismatch",
        Span(0, 3),
        "shapes differ",
        hint="mend it",
        details=["a 1 x 2", "b 3 x 4"],
    )
    assert said(*problems).splitlines()[3:] == ["      a 1 x 2", "      b 3 x 4", "      mend it"]


@pytest.mark.parametrize(
    ("line", "before"),
    [("\t- lsmt", "   "), ("  数据: lsmt", "        "), ("e\u0301: lsmt", "   ")],
)
def test_carets_stand_under_the_place_whatever_is_before_it(line: str, before: str) -> None:
    shown = said(unknown(line), text=line).splitlines()[2]
    assert shown == f"      | {before}^^^^  did you mean 'lstm'?"


@pytest.mark.parametrize("sign", ["+", "数", "\x1b"])
@pytest.mark.parametrize(("before", "behind"), [(0, 5000), (5000, 0), (5000, 5000), (9, 200)])
def test_long_lines_are_cut_around_the_place(sign: str, before: int, behind: int) -> None:
    text = sign * before + "lsmt" + sign * behind
    line, below = (shown[8:] for shown in said(unknown(text), text=text).splitlines()[1:])
    cells = sum(1 + (one == "数") for one in line)
    assert 100 <= cells <= 120
    assert line.startswith("…") == (before > 9)
    assert line.endswith("…") == (behind > 0)
    left = sum(1 + (one == "数") for one in line[: line.index("lsmt")])
    assert below == " " * left + "^^^^  did you mean 'lstm'?"


def test_carets_of_a_long_place_end_with_the_line_shown() -> None:
    text = "a: " + "x" * 4000
    line, below, *_ = said(unknown(text, "x" * 4000), text=text).splitlines()[1:]
    assert line == "    1 | a: " + "x" * 115 + "…"
    assert below == "      |    " + "^" * 115 + "  did you mean 'lstm'?"


def test_control_and_direction_characters_are_made_visible() -> None:
    text = "a: \x1b[31mlsmt\u202e\n"
    problem = trouble("x", "name \x1b]0;owned\x07 \u202e", hint="\u2066", file="b\r.csv")
    for printed in (said(unknown(text), text=text), said(problem)):
        assert not {"\x1b", "\u202e", "\x07", "\u2066", "\r"} & set(printed)


def test_json_is_one_line_a_problem_with_the_place() -> None:
    lines = said(unknown(), trouble("data.row", "bad", file="x.csv"), as_json=True).splitlines()
    assert json.loads(lines[0]) == {
        "code": "layer.unknown",
        "message": "unknown layer 'lsmt'",
        "where": {"file": "homes.yaml", "line": 3, "column": 5, "row": None},
        "hint": "did you mean 'lstm'?",
    }
    assert json.loads(lines[1])["where"] == {
        "file": "x.csv",
        "line": None,
        "column": None,
        "row": None,
    }


def test_check_lists_severity_and_path_too() -> None:
    assert set(problem_json(unknown())) == {
        "code", "severity", "path", "line", "column", "message", "hint",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("layer.unknown", 2),
        ("data.changed", 2),
        ("usage", 2),
        ("unsafe.pickle", 3),
        ("resource.disk_full", 4),
        ("training.not_finite", 5),
        ("run.locked", 6),
        ("run.damaged", 7),
        ("run.newer", 7),
        ("run.missing", 2),
    ],
)
def test_exit_codes_follow_from_the_code(code: str, number: int) -> None:
    assert exit_code([trouble(code, "words")]) == number


def test_a_warning_alone_lets_go_on() -> None:
    problems = Problems(TEXT)
    problems.add("a", None, "b", severity="warning")
    assert exit_code(problems) == 0
    assert exit_code([]) == 0


def test_a_spec_is_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffa: ü\r\nb: 2".encode())
    assert read_spec_file(path, as_json=False) == ("\ufeffa: ü\r\nb: 2", 0)


def test_what_is_no_spec_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"name: caf\xe9\n")
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(1 << 33)
    fifo = tmp_path / "fifo.yaml"
    os.mkfifo(fifo)
    paths = [latin, huge, fifo, tmp_path, tmp_path / "none.yaml", Path("/dev/zero")]
    for path in [*paths, Path("a\0b"), tmp_path / ("x" * 5000)]:
        text, code = read_spec_file(path, as_json=True)
        assert text is None
        assert code in (2, 4)
        assert json.loads(capsys.readouterr().err)["message"]

"""Predictions: a row out for every row in, safe to open in a spreadsheet."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from app.main import main
from tests.trainers.small_runs import (
    FLOWERS,
    HOUSES,
    SHAPES,
    flowers,
    houses,
    network_of,
    shapes,
    trained_run,
)
from trainers.prediction import Predictions, predict
from trainers.prediction_files import harmless, save, write
from trainers.runs import RunFolder


@pytest.fixture(scope="module")
def flower_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return trained_run(tmp_path_factory.mktemp("flowers"), FLOWERS, "flowers.csv", flowers)[0]


@pytest.fixture(scope="module")
def house_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return trained_run(tmp_path_factory.mktemp("houses"), HOUSES, "houses.csv", houses)[0]


def predictions(run: RunFolder, path: Path) -> Predictions:
    made = predict(network_of(run), path)
    assert isinstance(made, Predictions), made
    return made


def as_csv(made: Predictions) -> list[list[str]]:
    stream = io.StringIO()
    write(made, stream)
    return list(csv.reader(io.StringIO(stream.getvalue())))


def lines_of(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_a_row_out_for_every_row_in(flower_run: RunFolder) -> None:
    path = flower_run.path.parent / "flowers.csv"
    header, *rows = as_csv(predictions(flower_run, path))
    assert header[:2] == ["row", "kind"]
    assert header[2:] == [f"probability_{name}" for name in ("-lily", "=rose", "iris")]
    assert [row[0] for row in rows] == [str(n) for n in range(1, 201)]
    for row in rows:
        shares = [float(share) for share in row[2:]]
        assert sum(shares) == pytest.approx(1, abs=1e-6)
        assert header[2 + int(np.argmax(shares))].endswith(row[1].removeprefix("'"))
    truth = [line.rsplit(",", 1)[1] for line in lines_of(path)[1:]]
    right = sum(row[1].removeprefix("'") == wanted for row, wanted in zip(rows, truth, strict=True))
    assert right > 150


def test_order_batch_and_company_do_not_matter(flower_run: RunFolder, tmp_path: Path) -> None:
    header, *rows = lines_of(flower_run.path.parent / "flowers.csv")
    whole = predictions(flower_run, flower_run.path.parent / "flowers.csv").answers[0].probabilities
    assert whole is not None
    order = np.random.default_rng(0).permutation(len(rows))
    shuffled = tmp_path / "shuffled.csv"
    shuffled.write_text("\n".join([header, *(rows[n] for n in order)]) + "\n", "utf-8")
    again = predictions(flower_run, shuffled).answers[0].probabilities
    np.testing.assert_allclose(again, whole[order], atol=1e-6)
    for number in (0, 77, 199):
        alone = tmp_path / f"{number}.csv"
        alone.write_text(f"{header}\n{rows[number]}\n", "utf-8")
        share = predictions(flower_run, alone).answers[0].probabilities
        assert share is not None
        np.testing.assert_allclose(share[0], whole[number], atol=1e-6)


def test_the_target_may_be_absent_and_other_columns_are_ignored(
    flower_run: RunFolder, tmp_path: Path
) -> None:
    path = tmp_path / "new.csv"
    path.write_text("note,colour,width,length\nhello,red,0.5,0.1\n,green,,4.0\n", "utf-8")
    made = predictions(flower_run, path)
    assert made.rows == 2, "an unseen colour and a missing width are answered by policy"


def test_a_missing_column_is_named(flower_run: RunFolder, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("width,colour\n1,red\n", "utf-8")
    refused = predict(network_of(flower_run), path)
    assert isinstance(refused, tuple)
    assert any("'length'" in problem.message for problem in refused)


def test_numbers_come_in_the_targets_unit(house_run: RunFolder) -> None:
    header, *rows = as_csv(predictions(house_run, house_run.path.parent / "houses.csv"))
    assert header == ["row", "price"]
    values = [float(row[1]) for row in rows]
    assert 100_000 < np.median(values) < 700_000


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
        ("+1", "'+1"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("rose", "rose"),
        ("", ""),
        (-5.2, -5.2),
        (7, 7),
    ],
)
def test_texts_that_could_be_formulas(cell: str | float, wanted: str | float) -> None:
    assert harmless(cell) == wanted


def test_classes_that_look_like_formulas_are_written_harmlessly(flower_run: RunFolder) -> None:
    _, *rows = as_csv(predictions(flower_run, flower_run.path.parent / "flowers.csv"))
    assert {row[1] for row in rows} == {"'=rose", "'-lily", "iris"}


def test_pictures_come_with_their_file(tmp_path: Path) -> None:
    run, _, code = trained_run(tmp_path, SHAPES, "shapes", shapes)
    assert code == 0
    made = predictions(run, tmp_path / "shapes")
    header, *rows = as_csv(made)
    assert header == ["row", "file", "label", "probability_dark", "probability_light"]
    assert len(rows) == 30
    assert {row[1].rpartition("/")[0].rpartition("/")[2] for row in rows} == {"dark", "light"}


def test_the_command_writes_files_and_lines(
    flower_run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = str(flower_run.path.parent / "flowers.csv"), tmp_path / "out.csv"
    assert main(["predict", str(flower_run.path), data, "-o", str(out)]) == 0
    assert capsys.readouterr().out == ""
    assert main(["predict", str(flower_run.path), data]) == 0
    assert capsys.readouterr().out == out.read_text("utf-8")
    assert main(["predict", str(flower_run.path), data, "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(told) == 200
    assert told[0]["row"] == 1
    assert set(told[0]["probabilities"]) == {"=rose", "iris", "-lily"}


def test_a_link_is_not_overwritten(
    flower_run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = flower_run.path.parent / "flowers.csv"
    precious, link = tmp_path / "precious.txt", tmp_path / "out.csv"
    precious.write_text("keep")
    link.symlink_to(precious)
    assert main(["predict", str(flower_run.path), str(data), "-o", str(link), "--json"]) == 3
    assert json.loads(capsys.readouterr().err)["code"] == "unsafe.symlink"
    assert precious.read_text() == "keep"


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_only_earlier_answers_are_overwritten(
    flower_run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: list[str]
) -> None:
    data = str(flower_run.path.parent / "flowers.csv")
    precious, out = tmp_path / "spec.yaml", tmp_path / "out.csv"
    precious.write_text("netwright: 1\n", "utf-8")
    assert main(["predict", str(flower_run.path), data, "-o", str(precious)]) == 2
    assert "name another file with -o" in capsys.readouterr().err
    assert precious.read_text("utf-8") == "netwright: 1\n"
    out.touch()
    for _ in range(2):  # over an empty file, then over the answers
        assert main(["predict", str(flower_run.path), data, "-o", str(out), *as_json]) == 0
        assert len(lines_of(out)) == 200 + (not as_json)


def test_a_folder_is_no_place_for_answers(
    flower_run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(flower_run.path.parent / "flowers.csv")
    assert main(["predict", str(flower_run.path), data, "-o", "."]) == 3
    assert "is a folder" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(flower_run: RunFolder, tmp_path: Path) -> None:
    made = predictions(flower_run, flower_run.path.parent / "flowers.csv")
    refused = save(made, tmp_path / "none" / "out.csv")
    assert refused is not None
    assert refused.code.startswith("resource.")


def test_a_file_that_is_not_there_is_told(
    flower_run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(flower_run.path), "/none/x.csv", "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["code"] == "data.missing_file"

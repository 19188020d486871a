"""From a data section to arrays: fitted on training rows only, every mistake a problem."""

import json
import random

import numpy as np
import pytest

from nnspec.catalog import Catalog
from nnspec.problems import Problems
from nnspec.reader import read_spec
from nnspec.shapes import Shape
from nnspec.syntax import read
from trainers.findings import Findings
from trainers.fitted import Fitted
from trainers.preparation import open_other, prepare

CATALOG = Catalog.discover({"source": "trainers.sources", "column": "trainers.columns"})


def data_of(text):
    return read_spec(read(text, Problems(text)), CATALOG, Problems(text)).data


def prepared(text, folder):
    problems = Problems(text)
    return prepare(data_of(text), folder, problems), tuple(problems)


def write_people(folder, rows=200, change=None):
    chance = random.Random(0)
    lines = [
        [
            str(chance.randint(18, 90)),
            chance.choice(["red", "green", "blue"]),
            f"{chance.gauss(0, 1):.4f}",
            chance.choice(["yes", "no"]),
        ]
        for _ in range(rows)
    ]
    if change:
        change(lines)
    table = "\n".join(",".join(line) for line in [["age", "color", "score", "bought"], *lines])
    (folder / "people.csv").write_text(table + "\n")
    return lines


PEOPLE = """netwright: 1
data:
  source: people.csv
  target: bought
  columns: {age: number, color: category, score: number}
"""


def test_a_table_becomes_features_and_targets(tmp_path):
    write_people(tmp_path)
    found, problems = prepared(PEOPLE, tmp_path)
    assert not problems
    assert {name: len(part.rows) for name, part in found.parts.items()} == {
        "train": 140,
        "validation": 20,
        "test": 40,
    }
    train = found.parts["train"]
    assert train.inputs["features"].shape == (140, 5)
    assert train.inputs["features"].dtype == np.float32
    assert train.targets["bought"].dtype == np.int64
    assert found.interface.inputs["features"].sizes == (5,)
    assert dict(found.interface.targets) == {"bought": Shape((2,))}
    assert found.fitted.targets[0].labels == ("no", "yes")


def test_nothing_is_learned_from_validation_and_test_rows(tmp_path):
    write_people(tmp_path)
    clean, _ = prepared(PEOPLE, tmp_path)
    held_out = [*clean.parts["validation"].rows, *clean.parts["test"].rows]

    def poison(lines):
        for row in held_out:
            lines[row][:3] = ["1e9", f"unseen {row}", "1e9"]

    write_people(tmp_path, change=poison)
    poisoned, problems = prepared(PEOPLE, tmp_path)
    assert not [problem for problem in problems if problem.severity == "error"]
    assert poisoned.fitted.to_json() == clean.fitted.to_json()
    train = clean.parts["train"].inputs["features"]
    assert np.array_equal(poisoned.parts["train"].inputs["features"], train)
    assert poisoned.parts["test"].inputs["features"].max() > 1e6


def test_fitted_survives_json_and_encodes_alike(tmp_path):
    write_people(tmp_path)
    found, _ = prepared(PEOPLE, tmp_path)
    again = Fitted.from_json(json.loads(json.dumps(found.fitted.to_json())))
    table = open_other(
        data_of(PEOPLE), tmp_path / "people.csv", Problems(PEOPLE), targets=("bought",)
    )
    part = again.encode(table, Findings())
    assert np.array_equal(
        part.inputs["features"][found.parts["test"].rows], found.parts["test"].inputs["features"]
    )
    assert len(part.rows) == 200


def test_labels_are_matched_past_case_and_a_last_dot(tmp_path):
    write_people(tmp_path)
    found, _ = prepared(PEOPLE, tmp_path)
    (tmp_path / "new.csv").write_text(
        "age,color,score,bought\n20,red,0.1,Yes.\n30,blue,,no\n40,,1,perhaps\n"
    )
    table = open_other(data_of(PEOPLE), tmp_path / "new.csv", Problems(PEOPLE), targets=("bought",))
    findings = Findings()
    part = found.fitted.encode(table, findings)
    assert part.targets["bought"].tolist() == [1, 0, -1]
    assert [finding.code for finding in findings] == ["data.label_matched", "data.unknown_class"]


def test_a_file_without_the_target_is_encoded_for_prediction(tmp_path):
    write_people(tmp_path)
    found, _ = prepared(PEOPLE, tmp_path)
    (tmp_path / "new.csv").write_text("score,color,age\n0.1,red,20\n0.2,new,30\n")
    table = open_other(data_of(PEOPLE), tmp_path / "new.csv", Problems(PEOPLE), targets=("bought",))
    part = found.fitted.encode(table, Findings())
    assert part.inputs["features"].shape == (2, 5)
    assert not part.targets


def test_a_missing_column_is_named_with_the_nearest(tmp_path):
    write_people(tmp_path)
    found, _ = prepared(PEOPLE, tmp_path)
    (tmp_path / "new.csv").write_text("score,colour,age\n0.1,red,20\n0.2,new,30\n")
    table = open_other(data_of(PEOPLE), tmp_path / "new.csv", Problems(PEOPLE), targets=("bought",))
    findings = Findings()
    assert found.fitted.encode(table, findings) is None
    (finding,) = findings
    assert finding.code == "data.unknown_column"
    assert "'colour'" in finding.hint


def test_a_number_target_is_standardised_and_restored(tmp_path):
    lines = write_people(tmp_path)
    found, _ = prepared(
        PEOPLE.replace("target: bought", "target: {score: number}").replace(", score: number", ""),
        tmp_path,
    )
    assert found.fitted.tasks == {"score": "regression"}
    train = found.parts["train"]
    assert abs(train.targets["score"].mean()) < 1e-5
    back = found.fitted.restore("score", train.targets["score"])[:, 0]
    assert np.allclose(back, [float(lines[row][2]) for row in train.rows], atol=1e-4)


def _one_class(lines):
    for line in lines:
        line[3] = "yes"


def _text_in_age(lines):
    lines[4][0] = "old"


def _ragged(lines):
    lines[6].append("9")


def _no_target(lines):
    for line in lines:
        line[3] = ""


@pytest.mark.parametrize(
    ("old", "new", "change", "code", "line", "row"),
    [
        ("", "", _one_class, "data.one_class", 4, None),
        ("", "", _no_target, "data.no_labels", 4, None),
        ("", "", _text_in_age, "data.text_in_number", 5, 5),
        ("", "", _ragged, "data.ragged", 3, 7),
        ("bought", "bougt", None, "data.unknown_column", 4, None),
        ("color:", "colour:", None, "data.unknown_column", 5, None),
        ("people.csv", "peeple.csv", None, "data.missing_file", 3, None),
        ("color: category", "color: number", None, "data.text_in_number", 5, 1),
        ("color: category", "color: image", None, "data.wrong_type", 5, None),
        ("  target: bought\n", "", None, "data.no_target", 3, None),
        ("target: bought", "target: {bought: number}", None, "data.text_in_number", 4, 1),
    ],
)
def test_a_mistake_is_a_problem_at_its_place(tmp_path, old, new, change, code, line, row):
    write_people(tmp_path, change=change)
    found, problems = prepared(PEOPLE.replace(old, new), tmp_path)
    assert found is None
    first = problems[0]
    assert (first.code, first.line, first.row, first.severity) == (code, line, row, "error")


def test_rows_without_a_target_are_left_out_with_a_warning(tmp_path):
    def change(lines):
        lines[0][3] = lines[1][3] = ""

    write_people(tmp_path, change=change)
    found, problems = prepared(PEOPLE, tmp_path)
    assert sum(len(part.rows) for part in found.parts.values()) == 198
    assert [problem.code for problem in problems] == ["data.missing_target"]


def test_columns_without_a_type_get_one_and_odd_ones_are_reported(tmp_path):
    lines = ["id,when,same,amount,name,y"]
    lines += [
        f"{row},2020-01-{row % 28 + 1:02},x,{row % 7},word {row},{'ab'[row % 2]}"
        for row in range(60)
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    found, problems = prepared("netwright: 1\ndata: {source: t.csv, target: y}", tmp_path)
    assert [column.name for column in found.fitted.columns] == ["amount"]
    assert {problem.code for problem in problems} == {"data.id_column", "data.constant_column"}
    assert all(problem.severity == "warning" for problem in problems)


@pytest.mark.slow
def test_fashion_pictures_keep_their_own_test_part(shared_data):
    text = "netwright: 1\ndata: {source: fashion_mnist/tiny_folder}"
    found, problems = prepared(text, shared_data)
    assert not problems
    test = found.parts["test"]
    assert test.inputs["image"].shape == (100, 1, 28, 28)
    assert test.inputs["image"].dtype == np.uint8
    (scale,) = found.fitted.pixel_scales.values()
    train = found.parts["train"].inputs["image"]
    assert scale.mean == pytest.approx([train.mean()])
    assert scale.deviation == pytest.approx([train.std()])

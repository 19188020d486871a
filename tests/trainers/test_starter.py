"""`netwright new`: the text it writes is sound, says what was found and trains with no edit."""

from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from trainers.check import check
from trainers.starter import start

CATALOG = Catalog.discover()


def started(path, targets, spec_path):
    text, notes, problems = start(path, targets, spec_path)
    assert text is not None, problems
    checked = check(text, spec_path.parent, CATALOG)
    assert checked.sound, [problem.message for problem in checked.problems]
    assert not checked.problems
    return text, notes, checked


@pytest.mark.parametrize(
    ("path", "targets", "target", "task"),
    [
        ("adult/adult.data", ["income"], "income", "classification"),
        ("adult", None, "class", "classification"),
        ("wine_quality/winequality-white.csv", None, "quality", "regression"),
        ("sonar/sonar.csv", ["last"], "column_61", "classification"),
        ("pima_diabetes/pima-indians-diabetes.csv", ["outcome"], "outcome", "classification"),
        ("german_credit/german.csv", ["-1"], "column_21", "classification"),
        ("car_evaluation/car.data", ["7"], "column_7", "classification"),
        ("htru2/htru2.csv", ["IS_PULSAR"], "is_pulsar", "classification"),
        (
            "california_housing/housing.csv",
            ["median_house_value"],
            "median_house_value",
            "regression",
        ),
        ("auto_mpg/auto_mpg.csv", None, "mpg", "regression"),
        ("bike_sharing/hour.csv", ["cnt"], "cnt", "regression"),
        ("hill_valley/Hill_Valley_without_noise_Training.data", None, "class", "classification"),
        ("fashion_mnist/tiny_folder", None, "label", "classification"),
        pytest.param("fashion_mnist", None, "label", "classification", marks=pytest.mark.slow),
    ],
)
def test_real_data_gets_a_sound_spec(shared_data, tmp_path, path, targets, target, task):
    _, _, checked = started(shared_data / path, targets, tmp_path / "s.yaml")
    assert checked.profile.target == target
    assert checked.profile.task == task


def test_adult_gets_names_types_and_comments(shared_data, tmp_path):
    text, notes, checked = started(
        shared_data / "adult/adult.data", ["income"], tmp_path / "adult.yaml"
    )
    types = {column.name: column.type for column in checked.profile.columns}
    assert types["age"] == "number"
    assert types["workclass"] == "category"
    assert types["sex"] == types["income"] == "binary"
    assert "header: false" in text
    assert "1,836 missing" in text
    assert any("adult.names" in note for note in notes)


@pytest.mark.slow
def test_the_largest_thing_in_a_folder_is_taken_and_named(shared_data, tmp_path):
    text, notes, _ = started(shared_data / "fashion_mnist", None, tmp_path / "f.yaml")
    assert "fashion_mnist_png.zip" in text
    assert any("fashion_mnist_png.zip" in note and "tiny_folder" in note for note in notes)


def test_paths_are_relative_to_the_spec(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "specs").mkdir()
    (tmp_path / "data/t.csv").write_text("a,y\n" + "1,u\n2,v\n3,u\n" * 20)
    text, _, _ = started(tmp_path / "data/t.csv", None, tmp_path / "specs/s.yaml")
    assert "source: ../data/t.csv" in text


def test_odd_names_are_quoted_so_that_they_read_back(tmp_path):
    rows = "".join(f"{n % 9},{n % 4},{'uv'[n % 2]}\n" for n in range(90))
    (tmp_path / "t.csv").write_text('a: b,"#, {x}",yes\n' + rows)
    _, _, checked = started(tmp_path / "t.csv", ["yes"], tmp_path / "s.yaml")
    assert [column.name for column in checked.profile.columns] == ["a: b", "#, {x}", "yes"]


@pytest.mark.parametrize(
    ("path", "targets", "code"),
    [
        ("htru2/htru2.csv", ["is_pulsr"], "data.unknown_column"),
        ("htru2/htru2.csv", ["99"], "data.unknown_column"),
        ("adult/adult.data", ["agee"], "data.unknown_column"),
        ("adult/adult.data", ["99"], "data.unknown_column"),
        ("sonar/sonar.csv", ["-62"], "data.unknown_column"),
        ("pneumonia_mnist/README.md", None, "data.unsupported"),
        ("nowhere.csv", None, "data.missing_file"),
    ],
)
def test_what_cannot_be_used_is_a_problem(shared_data, tmp_path, path, targets, code):
    text, _, problems = start(shared_data / path, targets, tmp_path / "s.yaml")
    assert text is None
    assert problems[0].code == code


@pytest.mark.parametrize(
    ("target", "said"), [("agee", "did you mean 'age'?"), ("99", "a number from 1 to 15")]
)
def test_a_mistyped_target_names_no_column(shared_data, tmp_path, target, said):
    _, _, problems = start(shared_data / "adult/adult.data", [target], tmp_path / "s.yaml")
    assert said in problems[0].hint


def test_a_names_file_that_names_the_last_column_is_believed(tmp_path):
    (tmp_path / "t.data").write_text("1,u\n2,v\n3,u\n" * 30)
    (tmp_path / "t.names").write_text("a: continuous.\nb: u, v.\n")
    started(tmp_path / "t.data", ["b"], tmp_path / "s.yaml")
    text, _, problems = start(tmp_path / "t.data", ["income"], tmp_path / "s.yaml")
    assert text is None
    assert problems[0].code == "data.unknown_column"


def test_the_split_leaves_out_the_part_that_the_data_has(shared_data, tmp_path):
    folder = shared_data / "fashion_mnist/tiny_folder"
    text, _, _ = started(folder / "train", None, tmp_path / "s.yaml")
    assert "split: {validation: 0.1, test: 0.2, stratify: label" in text
    assert "as the data has it" not in text
    text, _, checked = started(folder, None, tmp_path / "s.yaml")
    assert "split: {validation: 0.1, stratify: label, seed: 0}" in text
    assert "test as the data has it" in text
    assert checked.profile.rows["test"] == len(list((folder / "test").rglob("*.png")))


def test_the_samples_are_sound():
    from nnspec.resources import resource

    for spec in ("digits/digits.yaml", "breast_cancer/breast_cancer.yaml"):
        path = resource("samples", *spec.split("/"))
        checked = check(path.read_text(encoding="utf-8"), path.parent, CATALOG)
        assert not checked.problems
        assert (path.parent / "README.md").exists()


@pytest.mark.parametrize("name", ["$price", "${x}", "$$"])
def test_a_column_named_with_a_dollar_sign_is_no_parameter(name: str, tmp_path: Path) -> None:
    rows = "\n".join([f"a,{name}", *(f"{i % 9},{'pq'[i % 2]}" for i in range(60)), ""])
    (tmp_path / "money.csv").write_text(rows, "utf-8")
    text, _, problems = start(tmp_path / "money.csv", [name], tmp_path / "money.yaml")
    assert text is not None, problems
    checked = check(text, tmp_path, Catalog.discover())
    assert checked.sound, checked.problems
    assert checked.profile is not None
    assert checked.profile.target == name

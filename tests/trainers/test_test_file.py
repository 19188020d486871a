"""A table with a test file of its own, and columns that stand for one curve."""

import pytest

from trainers.findings import Findings
from trainers.sources.csv import Csv


def opened(folder, **settings):
    findings = Findings()
    return Csv(path="train.csv", **settings).open(folder, findings), list(findings)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "train.csv").write_text("a,b,c,y\n1,2,3,x\n4,?,6,z\n")
    (tmp_path / "test.csv").write_text("y,a,b,c\nx,7,8,9\n")
    return tmp_path


def test_the_rows_of_the_test_file_are_the_test_part(folder):
    table, findings = opened(folder, test="test.csv")
    assert not findings
    assert table.part.tolist() == ["train", "train", "test"]
    assert [table.values("b")[row] for row in range(3)] == ["2", None, "8"]
    assert table.fingerprint != opened(folder)[0].fingerprint


def test_the_test_file_needs_the_same_columns(folder):
    (folder / "test.csv").write_text("a,b,y\n7,8,x\n")
    table, findings = opened(folder, test="test.csv")
    assert table is None
    assert [(one.code, one.file) for one in findings] == [("data.other_columns", "train.csv")]
    assert opened(folder, test="none.csv")[0] is None


def test_columns_become_one_of_arrays(folder):
    (folder / "train.csv").write_text("a,b,c,y\n1,2,3,x\n4,5,6,z\n")
    table, findings = opened(folder, together={"curve": "a..c"}, test="test.csv")
    assert not findings
    assert table.columns == ("curve", "y")
    assert table.cells["curve"].values.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


@pytest.mark.parametrize(
    ("together", "code"),
    [
        ({"curve": "a..z"}, "data.unknown_column"),
        ({"curve": "c..a"}, "data.range"),
        ({"curve": "a"}, "data.range"),
        ({"y": "a..c"}, "data.names"),
        ({"curve": "a..c"}, "data.text_in_number"),
    ],
)
def test_what_is_no_range_of_numbers_is_a_finding(folder, together, code):
    table, findings = opened(folder, together=together)
    assert table is None
    assert [one.code for one in findings] == [code]

"""A quick look at data: right, kept, and made again when the data changes."""

import json
import subprocess
import sys

import pytest

import trainers.quick_look
from nnspec.catalog import Catalog
from nnspec.problems import Problems
from nnspec.reader import read_spec
from nnspec.syntax import read
from trainers.preparation import prepare
from trainers.profile import Profile
from trainers.quick_look import profile

CATALOG = Catalog.discover({"source": "trainers.sources", "column": "trainers.columns"})
TEXT = "netwright: 1\ndata: {source: t.csv, target: y}\n"


def looked(text, folder):
    problems = Problems(text)
    data = read_spec(read(text, Problems(text)), CATALOG, Problems(text)).data
    return profile(data, folder, problems), tuple(problems)


@pytest.fixture
def table(tmp_path):
    lines = [f"{row},{row % 5},{'ab'[row % 2]}" for row in range(100)]
    (tmp_path / "t.csv").write_text("\n".join(["id,n,y", *lines]))
    return tmp_path


def test_a_look_tells_types_parts_and_interface(table):
    found, problems = looked(TEXT, table)
    assert found.task == "classification"
    assert found.rows == {"train": 70, "validation": 10, "test": 20}
    assert [(column.name, column.type) for column in found.columns] == [
        ("id", "ignore"),
        ("n", "number"),
        ("y", "binary"),
    ]
    number = found.column("n")
    assert (number.low, number.high, number.mean, number.distinct) == (0, 4, 2, 5)
    assert sum(found.counts) == 70
    assert [problem.code for problem in problems] == ["data.id_column"]


def test_a_look_agrees_with_what_is_prepared(table):
    data = read_spec(read(TEXT, Problems(TEXT)), CATALOG, Problems(TEXT)).data
    prepared = prepare(data, table, Problems(TEXT))
    found, _ = looked(TEXT, table)
    assert found.interface == prepared.interface
    assert found.labels == prepared.fitted.targets[0].labels


def test_a_profile_survives_json(table):
    found, _ = looked(TEXT, table)
    assert Profile.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_a_second_look_is_kept_with_its_warnings(table, monkeypatch):
    first = looked(TEXT, table)
    monkeypatch.setattr(trainers.quick_look, "_look", None)  # a second reading would fail
    assert looked(TEXT, table) == first
    moved = "# a comment above\n" + TEXT
    assert looked(moved, table)[1][0].line == 3


def test_changed_data_is_looked_at_again(table):
    before, _ = looked(TEXT, table)
    with (table / "t.csv").open("a") as file:
        file.write("\n100,1,a\n101,2,b\n")
    after, _ = looked(TEXT, table)
    assert sum(after.rows.values()) == sum(before.rows.values()) + 2


def test_a_torn_entry_of_the_cache_is_made_again(table, netwright_home):
    first = looked(TEXT, table)
    (kept,) = (netwright_home / "cache" / "profiles").iterdir()
    kept.write_text(kept.read_text()[:50])
    assert looked(TEXT, table) == first


def test_a_kept_look_needs_neither_numpy_nor_arrow_nor_torch(table):
    looked(TEXT, table)
    code = (
        "import sys; from pathlib import Path\n"
        "from nnspec.catalog import Catalog; from nnspec.problems import Problems\n"
        "from nnspec.reader import read_spec; from nnspec.syntax import read\n"
        "from trainers.quick_look import profile\n"
        "catalog = Catalog.discover({'source': 'trainers.sources', 'column': 'trainers.columns'})\n"
        f"text = {TEXT!r}\n"
        "data = read_spec(read(text, Problems(text)), catalog, Problems(text)).data\n"
        f"assert profile(data, Path({str(table)!r}), Problems(text))\n"
        "print([name for name in ('numpy', 'pyarrow', 'torch', 'PIL') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""Old specs: each of the corpus becomes exactly what is expected, and reads without mistakes."""

from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.migrations import STEPS, migration
from nnspec.problems import Problems
from nnspec.reader import FORMAT
from nnspec.syntax import read

CATALOG = Catalog.discover()
CORPUS = Path(__file__).with_name("corpus")
OLD = sorted(path for path in CORPUS.glob("*.yaml") if ".expected" not in path.name)


def test_every_older_format_has_a_step():
    assert list(STEPS) == list(range(FORMAT))
    assert len(OLD) >= 4


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_the_corpus_becomes_what_is_expected(path):
    text = path.read_text()
    found = analyse(text, CATALOG).problems
    assert [problem.code for problem in found] == ["format.old"]
    assert found[0].fix is not None
    after = found[0].fix.edit.apply(text)
    assert after == path.with_suffix(".expected.yaml").read_text()
    assert [p.code for p in analyse(after, CATALOG).problems if p.severity == "error"] == []
    assert migration(after, read(after, Problems(after))) is None


def test_the_changed_lines_are_shown():
    text = (CORPUS / "nothing.yaml").read_text()
    (problem,) = analyse(text, CATALOG).problems
    assert problem.details == (
        "-netwright: 0   # only the number is old",
        "+netwright: 1   # only the number is old",
    )


def test_a_newer_format_is_said_to_be_newer():
    text = f"netwright: {FORMAT + 1}\ndata: {{source: a.csv}}\n"
    assert "format.newer" in [problem.code for problem in analyse(text, CATALOG).problems]
    assert migration(text, read(text, Problems(text))) is None


@pytest.mark.parametrize(
    "text", ["", "netwright: -1\n", "netwright: [0]\n", "layers: []\n", "- 0\n"]
)
def test_what_is_no_older_format_is_left_alone(text):
    assert migration(text, read(text, Problems(text))) is None


def test_a_text_with_both_spellings_keeps_both_and_the_reader_says_so():
    text = "netwright: 0\ndata: {path: a.csv, source: b.csv}\nmodel: [relu]\nlayers: [relu]\n"
    edit = migration(text, read(text, Problems(text)))
    after = edit.apply(text)
    assert after == text.replace("netwright: 0", "netwright: 1")
    assert {"section.unknown"} <= {problem.code for problem in analyse(after, CATALOG).problems}

"""Laws of every division: disjoint, complete, stratified, the same each time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnspec.section_settings import Split
from trainers.findings import Findings
from trainers.splits import split_rows

KNOWN = {"test": [3, 6, 11, 12], "validation": [4, 10]}
SHARES = st.sampled_from([0.0, 0.1, 0.15, 0.2, 0.3])


def split(rows, settings, **more):
    findings = Findings()
    parts = split_rows(rows, settings, findings, **more)
    assert parts is not None, [finding.message for finding in findings]
    return parts


@given(st.integers(30, 500), SHARES, SHARES, st.integers(0, 2**31 - 1))
def test_parts_are_disjoint_complete_and_of_the_wanted_size(count, validation, test, seed):
    rows = np.arange(count) * 3 + 1
    parts = split(rows, Split(validation, test, None, seed))
    together = np.concatenate(list(parts.values()))
    assert sorted(together) == list(rows)
    assert len(parts["test"]) == round(count * test)
    assert len(parts["validation"]) == round(count * validation)


@given(st.lists(st.integers(1, 200), min_size=2, max_size=6), st.integers(0, 1000))
def test_every_class_keeps_its_share_within_one_row_or_two(sizes, seed):
    classes = np.repeat(np.arange(len(sizes)), sizes)
    count = len(classes)
    if count < 30:
        return
    parts = split(np.arange(count), Split(0.1, 0.2, None, seed), groups=classes)
    for number, size in enumerate(sizes):
        found = np.count_nonzero(classes[parts["test"]] == number)
        assert abs(found - size * 0.2) <= 1.5
        assert np.count_nonzero(classes[parts["train"]] == number) >= 1


@given(st.integers(0, 1000))
def test_the_same_seed_divides_alike_and_another_one_otherwise(seed):
    rows = np.arange(200)
    first, again = split(rows, Split(seed=seed)), split(rows, Split(seed=seed))
    other = split(rows, Split(seed=seed + 1))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["test"], other["test"])


def test_a_known_division_never_changes():
    parts = split(np.arange(20), Split(0.1, 0.2, None, 7))
    assert parts["test"].tolist() == KNOWN["test"]
    assert parts["validation"].tolist() == KNOWN["validation"]


def test_the_sources_own_test_rows_are_kept():
    own = np.array(["train"] * 80 + ["test"] * 20)
    parts = split(np.arange(100), Split(0.1, 0.5), own=own)
    assert parts["test"].tolist() == list(range(80, 100))
    assert len(parts["validation"]) == 8
    assert len(parts["train"]) == 72


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_rows_are_a_finding_and_no_empty_part(count):
    findings = Findings()
    assert split_rows(np.arange(count), Split(0.1, 0.2), findings) is None
    assert {finding.code for finding in findings} == {"data.empty_part"}

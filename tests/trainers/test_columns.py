"""Column kinds: what they learn, what they do with missing and unseen cells, the way back."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnspec.catalog import Catalog
from trainers.columns.binary import Binary
from trainers.columns.category import Category
from trainers.columns.number import Number
from trainers.texts import Texts

FLOATS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 4))


@pytest.mark.parametrize("scale", ["standard", "min_max", "log", "none"])
@given(values=st.lists(FLOATS, min_size=2, max_size=50))
def test_a_number_finds_its_way_back(scale, values):
    made, cells = Number(scale=scale), Texts.of(map(str, values))
    state = json.loads(json.dumps(made.fit(cells)))
    back = made.restore(made.targets(cells, state), state)[:, 0]
    spread = max(1.0, np.ptp(values), *map(abs, values))
    assert np.allclose(back, values, atol=2e-5 * spread)


def test_standard_scale_has_mean_0_and_deviation_1():
    cells = Texts.of(map(str, range(100)))
    encoded = Number().encode(cells, Number().fit(cells))
    assert encoded.dtype == np.float32
    assert encoded.shape == (100, 1)
    assert abs(encoded.mean()) < 1e-6
    assert abs(encoded.std() - 1) < 1e-6


@pytest.mark.parametrize(("missing", "stands"), [("mean", 4.0), ("median", 2.0), ("zero", 0.0)])
def test_a_missing_number_gets_what_the_spec_says(missing, stands):
    made, cells = Number(scale="none", missing=missing), Texts.of(["1", "2", "9", None])
    assert made.encode(cells, made.fit(cells))[3, 0] == stands
    assert np.isnan(made.targets(cells, made.fit(cells))[3, 0])


def test_bins_fill_up_one_after_the_other():
    made, cells = Number(scale="none", bins=4), Texts.of(["0", "10", "20", "30", "40", "25", "99"])
    state = made.fit(cells.take(np.arange(5)))
    encoded = made.encode(cells, state)
    assert made.shape(state).sizes == (5,)
    assert encoded[5, 1:].tolist() == [1, 1, 0.5, 0]
    assert encoded[6, 1:].tolist() == [1, 1, 1, 1]


def test_a_text_among_numbers_is_a_fault_unless_it_counts_as_missing():
    cells = Texts.of(["1", "two", "3", None, "inf"])
    assert Number().faults(cells) == [(1, "two"), (4, "inf")]
    assert not Number(unreadable="missing").faults(cells)


def test_decimal_commas_and_thousands_are_read():
    numbers = Texts.of(["1.234,5", "0,25", None], decimal=",").numbers()
    assert numbers.values[:2].tolist() == [1234.5, 0.25]
    assert not len(numbers.unreadable)


def test_a_category_has_a_slot_per_name_and_one_for_missing():
    made, cells = Category(), Texts.of(["b", "a", None, "b"])
    state = made.fit(cells)
    assert made.encode(cells, state).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert made.encode(Texts.of(["new"]), state).tolist() == [[0, 0, 0]]
    assert made.targets(Texts.of(["a", "new", None]), state).tolist() == [0, -1, -1]


def test_rare_names_get_no_slot_but_stay_classes():
    made, cells = Category(max_categories=1), Texts.of(["a", "a", "b"])
    state = made.fit(cells)
    assert made.encode(cells, state).tolist() == [[1], [1], [0]]
    assert made.labels(state) == ("a", "b")


def test_classes_that_are_numbers_are_ordered_by_value():
    made = Category()
    assert made.labels(made.fit(Texts.of(["10", "9", "2"]))) == ("2", "9", "10")


@pytest.mark.parametrize(
    ("positive", "names", "labels"),
    [
        (None, ["yes", "no"], ("no", "yes")),
        (None, ["1", "0"], ("0", "1")),
        (None, ["M", "R"], ("M", "R")),
        ("M", ["M", "R"], ("R", "M")),
    ],
)
def test_the_positive_value_comes_last(positive, names, labels):
    made = Binary(positive=positive)
    state = made.fit(Texts.of(names))
    assert made.labels(state) == labels
    assert made.encode(Texts.of([*labels, None]), state)[:, 0].tolist() == [0, 1, 0.5]


def test_a_third_value_is_a_fault():
    assert Binary().faults(Texts.of(["a", "b", "a", "b", "c"])) == [(4, "c")]


def test_every_column_kind_is_found_with_help():
    found = {kind.name: kind for kind in Catalog.discover().of("column")}
    assert set(found) >= {"number", "category", "binary", "image", "ignore"}
    assert all(len(kind.summary) > 10 for kind in found.values())

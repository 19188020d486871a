"""Smoothing is honest: equal to the plain definition, however the points arrive."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.train.series import Series, Smoother, drawable

values = st.lists(
    st.one_of(st.floats(-1e6, 1e6, allow_nan=False), st.just(math.nan)), min_size=1, max_size=300
)


def plain_average(found: list[float], weight: float) -> list[float]:
    mean, count, told = 0.0, 0, []
    for value in found:
        if math.isnan(value):
            told.append(math.nan)
            continue
        mean, count = weight * mean + (1 - weight) * value, count + 1
        told.append(mean / (1 - weight**count))
    return told


@given(values, st.sampled_from([0.05, 0.5, 0.9, 0.99]), st.integers(1, 50))
def test_it_is_the_average_of_the_textbook(found: list[float], weight: float, part: int) -> None:
    smoother = Smoother(weight)
    pieces = [smoother.take(np.array(found[i : i + part])) for i in range(0, len(found), part)]
    expected = plain_average(found, weight)
    np.testing.assert_allclose(np.concatenate(pieces), expected, rtol=1e-6, atol=1e-3)


@pytest.mark.parametrize("weight", [0.0, 0.6, 0.99])
def test_a_constant_curve_stays_constant(weight: float) -> None:
    assert np.allclose(Smoother(weight).take(np.full(5000, 3.25)), 3.25)


def test_points_may_come_in_any_batches() -> None:
    whole, parts = Series(0.8), Series(0.8)
    x, y = np.arange(2000.0), np.sin(np.arange(2000.0))
    whole.extend(x, y)
    for start in range(0, 2000, 37):
        parts.extend(x[start : start + 37], y[start : start + 37])
    assert len(parts) == 2000
    np.testing.assert_allclose(parts.smooth, whole.smooth, rtol=1e-9)
    np.testing.assert_array_equal(parts.y, y)


def test_another_weight_smooths_from_the_first_point_on() -> None:
    series, other = Series(0.9), Series(0.2)
    for one in (series, other):
        one.extend(np.arange(100.0), np.cos(np.arange(100.0)))
    series.set_weight(0.2)
    np.testing.assert_allclose(series.smooth, other.smooth)


def test_the_read_out_takes_the_nearest_point() -> None:
    series = Series()
    assert math.isnan(series.at(1.0))
    series.extend([0.0, 1.0, 2.0], [5.0, 6.0, 7.0])
    assert [series.at(x) for x in (-3.0, 0.4, 0.6, 9.0)] == [5.0, 5.0, 6.0, 7.0]


def test_a_logarithmic_axis_gets_only_what_it_can_show() -> None:
    shown = drawable(np.array([1.0, 0.0, -2.0]), log=True)
    assert np.isnan(shown).tolist() == [False, True, True]

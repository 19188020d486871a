"""Numbers said as people say them."""

import math

import pytest

from app.words import (
    bytes_words,
    count_words,
    duration_words,
    metric_title,
    metric_words,
    number_words,
    remaining_words,
)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (80, "1 min 20 s"), (3600, "1 h"),
        (7500, "2 h 5 min"), (273_600, "3 d 4 h"), (-3, "0 s"),
    ],
)  # fmt: skip
def test_durations(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""), (math.inf, ""), (math.nan, ""), (3, "a few seconds left"),
        (42, "about 40 s left"), (58, "about 1 min left"), (333, "about 5 min 30 s left"),
    ],
)  # fmt: skip
def test_what_is_left_is_said_no_more_exactly_than_it_is_known(
    seconds: float | None, words: str
) -> None:
    assert remaining_words(seconds) == words


def test_amounts() -> None:
    assert [bytes_words(size) for size in (12, 655_360, 3.25 * 2**30)] == [
        "12 B", "640 KB", "3.2 GB",
    ]  # fmt: skip
    assert [count_words(count) for count in (912, 4210, 1_250_000)] == ["912", "4.21 k", "1.25 M"]


def test_shares_are_in_per_cent_and_other_metrics_are_not() -> None:
    assert metric_words("test_accuracy", 0.96312) == "96.31 %"
    assert metric_words("val_loss", 0.96312) == "0.9631"
    assert metric_words("val_loss", math.nan) == "not a number"
    assert metric_title("val_f1") == "Validation F1"
    assert metric_title("test_r2") == "Test R²"
    assert metric_title("accuracy") == "Accuracy"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (52_420.3, "52,420"), (999.96, "1,000"), (1234.5, "1,234"), (-52_420.3, "-52,420"),
        (9_999_000.0, "9,999,000"), (12_345_678.0, "1.235e+07"), (0.000123456, "0.0001235"),
        (12.34567, "12.35"), (math.inf, "infinite"),
    ],
)  # fmt: skip
def test_large_figures_are_grouped_by_thousands(value: float, words: str) -> None:
    assert number_words(value) == words

"""Items of a list followed through a change of the text."""

import pytest

from app.network.staying import staying


@pytest.mark.parametrize(
    ("before", "now", "kept"),
    [
        ("abc", "abc", {0: 0, 1: 1, 2: 2}),
        ("abc", "axbc", {0: 0, 1: 2, 2: 3}),
        ("axbc", "abc", {0: 0, 2: 1, 3: 2}),
        ("abc", "aBc", {0: 0, 1: 1, 2: 2}),
        ("abcd", "acbd", {0: 0, 3: 3}),
        ("axx", "ax", {0: 0}),
        ("axxb", "axb", {0: 0, 3: 2}),
        ("ab", "", {}),
        ("", "ab", {}),
        ("aa", "aaa", {0: 0, 1: 1}),
    ],
)
def test_who_stays(before: str, now: str, kept: dict[int, int]) -> None:
    assert staying(before, now) == kept

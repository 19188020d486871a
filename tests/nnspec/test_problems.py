"""Problems as values: places, order, limits, splices and nearest names."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnspec.problems import (
    MOST_PROBLEMS,
    Edit,
    Fix,
    LineIndex,
    Problem,
    Problems,
    Span,
    from_dict,
    has_errors,
    nearest,
    suggestion,
    to_dict,
)


@given(st.text(max_size=30), st.text(max_size=10), st.integers(0, 30), st.integers(0, 30))
def test_a_splice_and_its_inverse(text: str, new: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    edit = Edit(start, end, new)
    after = edit.apply(text)
    assert after == text[:start] + new + text[end:]
    assert edit.inverse(text).apply(after) == text


@pytest.mark.parametrize(
    ("text", "index", "place"),
    [
        ("", 0, (1, 1)),
        ("ab\ncd", 1, (1, 2)),
        ("ab\ncd", 2, (1, 3)),
        ("ab\ncd", 3, (2, 1)),
        ("ab\r\ncd", 4, (2, 1)),
        ("ab\rcd", 3, (2, 1)),
        ("🙂é\nx", 3, (2, 1)),
        ("\ufeffab", 0, (1, 1)),
        ("\ufeffab", 1, (1, 1)),
        ("\ufeffab", 2, (1, 2)),
        ("a\n", 2, (2, 1)),
    ],
)
def test_lines_and_columns_count_from_one(text: str, index: int, place: tuple[int, int]) -> None:
    assert LineIndex(text).position(index) == place


def test_the_text_of_a_line() -> None:
    lines = LineIndex("\ufeffone\r\ntwo\nthree")
    assert [lines.line_text(n) for n in range(5)] == ["", "one", "two", "three", ""]


def test_problems_know_their_place_and_are_kept_once() -> None:
    problems = Problems("a: 1\nbad: 2\n")
    fix = Fix("remove it", Edit(5, 12, ""))
    for _ in range(2):
        problems.add("key.unknown", Span(5, 8), "no such key", path="bad", hint="?", fix=fix)
    (problem,) = problems
    assert (problem.line, problem.column, problem.severity) == (2, 1, "error")
    assert problem.fix is not None
    assert problem.fix.edit.apply(problems.text) == "a: 1\n"
    problems.add("data.missing", None, "no data", severity="warning", details=["one", "two"])
    assert [p.code for p in problems.sorted()] == ["key.unknown", "data.missing"]
    assert list(problems)[1].details == ("one", "two")
    assert (list(problems)[1].line, list(problems)[1].column) == (0, 0)


def test_sorted_is_the_order_of_the_text() -> None:
    problems = Problems("a\nb\nc\n")
    for at in (4, 0, 2):
        problems.add("x", Span(at, at + 1), f"at {at}")
    problems.add("y", None, "as a whole")
    assert [p.line for p in problems.sorted()] == [1, 2, 3, 0]


def test_no_more_than_a_hundred_are_kept_however_they_come() -> None:
    problems = Problems("x" * 1000)
    for at in range(300):
        problems.add("x", Span(at, at + 1), "again")
    assert len(problems) == MOST_PROBLEMS
    more = Problems("")
    more.extend(problems)
    more.extend(Problem("z", "error", "", None, 0, 0, f"{n}") for n in range(300))
    assert len(more) == MOST_PROBLEMS


def test_problems_cross_to_another_process_as_json() -> None:
    problems = Problems("ab")
    problems.add("x", Span(0, 1), "one", fix=Fix("do", Edit(0, 1, "b")), details=["more"])
    problems.add("y", None, "two", severity="warning")
    assert [from_dict(json.loads(json.dumps(to_dict(p)))) for p in problems] == list(problems)


def test_warnings_do_not_forbid() -> None:
    problems = Problems("a")
    problems.add("x", None, "careful", severity="warning")
    assert not has_errors(problems)
    problems.add("x", None, "no")
    assert has_errors(problems)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lsmt", "lstm"),
        ("Conv2D", "conv2d"),
        ("batch-norm", "batch_norm"),
        ("zzz", None),
        ("", None),
    ],
)
def test_the_nearest_name(written: str, meant: str | None) -> None:
    assert nearest(written, ("lstm", "conv2d", "batch_norm", "gru")) == meant


def test_suggestions_name_the_nearest_or_all() -> None:
    assert suggestion("lsmt", ("lstm", "gru"), kinds="layers") == "did you mean 'lstm'?"
    assert suggestion("zzz", ("lstm", "gru"), kinds="layers") == "layers: gru, lstm"
    many = [f"name{n:02}" for n in range(20)]
    assert suggestion("zzz", many, kinds="layers").endswith("name11, …")
    assert suggestion("zzz", (), kinds="layers") == "there are no layers here"

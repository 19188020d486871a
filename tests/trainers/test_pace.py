"""The clock of a training: what a Progress says is the mean since the Progress before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.pace import Pace

ROWS = st.lists(st.tuples(st.floats(0, 9), st.integers(1, 64)), min_size=1, max_size=12)


@given(st.lists(ROWS, min_size=1, max_size=6), st.data())
def test_every_row_is_told_once_across_epochs(
    epochs: list[list[tuple[float, int]]], data: st.DataObject
) -> None:
    pace = Pace()
    pending: list[tuple[float, int]] = []
    for batches in epochs:
        loss, seen = 0.0, 0
        for mean, rows in batches:
            loss, seen = loss + mean * rows, seen + rows
            pending.append((mean, rows))
            if data.draw(st.booleans()):
                lap = pace.lap(loss, seen)
                told = sum(rows for _, rows in pending)
                expected = sum(mean * rows for mean, rows in pending) / told
                assert lap.loss == pytest.approx(expected, abs=1e-9)
                assert lap.rows_per_second > 0
                pending.clear()
        pace.turn(loss, seen)
        pace.judged()


def test_judging_an_epoch_does_not_slow_the_rate_down(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("trainers.pace.time.monotonic", lambda: now)
    pace = Pace()
    now += 1
    pace.turn(2.0, 20)
    now += 50
    pace.judged()
    now += 1
    assert pace.lap(1.0, 10).rows_per_second == pytest.approx(15)


def test_a_session_goes_on_in_the_middle_of_an_epoch() -> None:
    pace = Pace()
    pace.resume(elapsed=5.0, step=3, loss=30.0, seen=30)
    assert pace.lap(34.0, 32).loss == pytest.approx(2.0)
    assert pace.elapsed >= 5.0

"""Series as data: windows, parts in the order of time, the scale and the way back."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnspec.section_settings import Split
from trainers.columns.array import Array
from trainers.columns.series import Series as SeriesColumn
from trainers.findings import Findings
from trainers.sources.series import Series
from trainers.splits import split_rows
from trainers.table import Arrays
from trainers.windows import shared_rows, slide


def written(path: Path, rows, header="month,sales,visits"):
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def monthly(count):
    return [f"20{i // 12:02d}-{i % 12 + 1:02d},{i + 1},{(i + 1) * 10}" for i in range(count)]


def opened(path, **settings):
    findings = Findings()
    return Series(path=path.name, **settings).open(path.parent, findings), list(findings)


def test_a_row_is_what_was_seen_and_what_came_after_it(tmp_path):
    table, findings = opened(
        written(tmp_path / "s.csv", monthly(10)), look_back=3, horizon=2, stride=2
    )
    assert not findings
    assert table.rows == 3
    past, future = table.cells["past"].values, table.cells["future"].values
    assert past[1].tolist() == [[3, 30], [4, 40], [5, 50]]
    assert future.tolist() == [[4, 5], [6, 7], [8, 9]]
    assert table.targets == ("future",)


def test_values_and_target_may_be_chosen(tmp_path):
    path = written(tmp_path / "s.csv", monthly(10))
    table, _ = opened(path, look_back=2, values=("visits",), target="sales")
    assert table.cells["past"].values[0].tolist() == [[10, 1], [20, 2]]
    assert table.cells["future"].values[0].tolist() == [3]


def test_a_file_to_predict_has_the_forecast_behind_its_end(tmp_path):
    path = written(tmp_path / "s.csv", monthly(6))
    other = Series(path="x.csv", look_back=3, horizon=2).like("s.csv", tmp_path)
    table = other.open(tmp_path, Findings())
    past, future = table.cells["past"].values, table.cells["future"].values
    assert past[-1, :, 0].tolist() == [4, 5, 6]
    assert np.isnan(future[-1]).all()
    assert opened(path, look_back=3, horizon=2)[0].rows == 2
    assert table.rows == 3


@pytest.mark.parametrize(
    ("rows", "settings", "code", "row"),
    [
        (["2000-01,1,1", "2000-03,2,2", "2000-02,3,3"], {}, "data.order", 3),
        (["2000-01,1,1", "2000-01,2,2", "2000-02,3,3"], {}, "data.order", 2),
        (["2000-01,1,1", "2000-02,,2", "2000-03,3,3"], {}, "data.missing_number", 2),
        (["2000-01,,1", "2000-02,2,2"], {"missing": "last"}, "data.missing_number", 1),
        (["2000-01,1,1", "2000-02,2,2"], {"look_back": 2}, "data.short_series", None),
        (["2000-01,1,1", "2000-02,2,2"], {"target": "sale"}, "data.unknown_column", None),
        (["2000-01,1,1", "2000-02,2,2"], {"time": "when"}, "data.unknown_column", None),
    ],
)
def test_what_is_no_series_is_a_finding_with_its_row(tmp_path, rows, settings, code, row):
    path = written(tmp_path / "s.csv", rows)
    table, findings = opened(path, **{"look_back": 1, **settings})
    assert table is None
    assert (findings[0].code, findings[0].row) == (code, row)


HOURS = [f"2024-01-{1 + i // 24:02d} {i % 24:02d}:00,{i},1" for i in range(300)]
DAYS = [str(np.datetime64("2023-12-01") + day) for day in range(900)]


def test_a_gap_is_a_warning_with_both_times(tmp_path):
    path = written(tmp_path / "s.csv", HOURS[:99] + HOURS[179:], "time,a,b")
    table, findings = opened(path)
    assert table is not None
    (gap,) = findings
    assert (gap.code, gap.severity, gap.row) == ("data.gap", "warning", 100)
    assert "'2024-01-08 11:00' follows '2024-01-05 02:00', 81 times" in gap.message
    assert "the only gap" in gap.message
    assert "cut the file" in gap.hint
    written(path, HOURS[:50] + HOURS[52:200] + HOURS[203:], "time,a,b")
    (gap,) = opened(path)[1]
    assert (gap.row, len(gap.details)) == (51, 1)
    assert "the first of 2 gaps" in gap.message


@pytest.mark.parametrize(
    ("times", "row"),
    [
        ([day for day in DAYS if day[8:] == "01"], None),
        ([day[:7] for day in DAYS if day[8:] == "01"], None),
        ([day[:7].replace("-", "") for day in DAYS if day[8:] == "01"], None),
        ([day.replace("-", "") for day in DAYS], None),
        ([f"{year}-01-01" for year in range(1980, 2020)], None),
        ([day for day in DAYS if np.is_busday(np.datetime64(day))], None),
        ([i * i for i in range(40)], None),
        ([day for day in DAYS if day[8:] == "01" and day[:7] != "2024-02"], 3),
        ([day.replace("-", "") for day in DAYS if day != "2023-12-31"], 31),
        ([year for year in range(1980, 2020) if year != 1990], 11),
        ([f"{hour / 2}" for hour in range(40) if hour != 20], 21),
        ([f"2024-01-01T{hour:02d}:00+00:00" for hour in range(24) if hour != 5], 6),
        (["2024-13-01", "2024-14-01", "2024-15-01", "2024-99-01"], None),
    ],
)
def test_gaps_are_told_from_months_years_weekends_and_odd_steps(tmp_path, times, row):
    path = written(tmp_path / "s.csv", [f"{time},{i}" for i, time in enumerate(times)], "time,a")
    table, findings = opened(path, look_back=1)
    assert table is not None
    assert [(one.code, one.row) for one in findings] == ([("data.gap", row)] if row else [])


def test_a_gap_is_filled_from_the_past_alone(tmp_path):
    path = written(tmp_path / "s.csv", ["2000-01,1,1", "2000-02,,2", "2000-03,9,3"])
    table, _ = opened(path, look_back=2, missing="last")
    assert table.cells["past"].values[0, :, 0].tolist() == [1, 1]


@given(
    rows=st.integers(30, 200),
    horizon=st.integers(1, 5),
    stride=st.integers(1, 4),
    test=st.sampled_from([0.2, 5.0, 0.0]),
    validation=st.sampled_from([0.1, 4.0]),
)
def test_no_window_knows_steps_of_a_later_part(rows, horizon, stride, test, validation):
    steps = 4 + horizon + stride * (rows - 1)
    windows = slide(np.zeros((steps, 1)), 0, look_back=4, horizon=horizon, stride=stride)
    assert len(windows) == rows
    parts = split_rows(
        np.arange(rows),
        Split(validation=validation, test=test),
        Findings(),
        in_order=shared_rows(horizon, stride),
    )
    last = {name: windows.starts[part].max() + horizon for name, part in parts.items() if len(part)}
    for earlier, later in (("train", "validation"), ("train", "test"), ("validation", "test")):
        if len(parts[later]):
            assert last[earlier] <= windows.starts[parts[later]].min()
    assert len(parts["test"]) == (round(rows * test) if test < 1 else int(test))
    assert len(parts["validation"]) == (round(rows * validation) if validation < 1 else 4)


@pytest.mark.parametrize("scale", ["standard", "min_max", "log", "per_window", "none"])
@given(seed=st.integers(0, 1000))
def test_a_forecast_finds_its_way_back(scale, seed):
    values = np.random.default_rng(seed).uniform(-50, 500, (12, 3))
    made = SeriesColumn(scale=scale)
    state = json.loads(json.dumps(made.fit(Arrays(values))))
    assert made.answer(state).sizes == (3,)
    back = made.restore(made.targets(Arrays(values), state), state)
    assert np.allclose(back, values, rtol=1e-4, atol=1e-2)


def test_each_channel_has_a_scale_of_its_own():
    values = np.random.default_rng(0).normal([5, 500], [1, 90], (50, 20, 2))
    made = SeriesColumn()
    encoded = made.encode(Arrays(values), made.fit(Arrays(values)))
    assert encoded.dtype == np.float32
    assert np.allclose(encoded.mean(axis=(0, 1)), 0, atol=1e-5)
    assert np.allclose(encoded.std(axis=(0, 1)), 1, atol=1e-5)


def test_a_window_by_itself_has_mean_0_and_deviation_1():
    values = np.random.default_rng(0).normal(0, 1, (6, 30)) * [[1], [10], [1e4], [1e-3], [5], [2]]
    made = SeriesColumn(scale="per_window")
    encoded = made.encode(Arrays(values), made.fit(Arrays(values)))
    assert np.allclose(encoded.std(axis=1), 1, atol=1e-4)


def test_rows_of_an_array_are_made_shares():
    made, values = Array(normalize_rows=True), Arrays(np.array([[1.0, 3.0], [0.0, 0.0]]))
    assert made.encode(values, made.fit(values)).tolist() == [[0.25, 0.75], [0, 0]]
    assert made.faults(Arrays(np.array([[1.0], [np.nan]]))) == [(1, "not finite")]


@given(seed=st.integers(0, 1000))
def test_a_scaled_array_finds_its_way_back(seed):
    values = np.random.default_rng(seed).uniform(-9, 99, (12, 2, 3))
    for scale in ("none", "standard", "min_max"):
        made = Array(scale=scale)
        state = json.loads(json.dumps(made.fit(Arrays(values))))
        assert np.allclose(
            made.restore(made.targets(Arrays(values), state), state), values, atol=1e-3
        )

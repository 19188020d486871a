"""What is known of the machine: kept, corrected within bounds, and torn files forgotten."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.places import cache_folder
from trainers.speed import LIKELY, WIDEST, Speed, keep_speed, kept_speed, known_speed, ordinary

SECONDS = st.floats(1e-6, 1e6)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETWRIGHT_HOME", str(tmp_path))


def test_it_is_kept_by_threads_and_device() -> None:
    assert kept_speed(1, "cpu") is None
    assert known_speed(1, "cpu") == ordinary(1, "cpu")
    found = Speed(macs=5e9, measured=True).corrected("macs", 1.0, 1.5)
    keep_speed(found, 1, "cpu")
    assert kept_speed(1, "cpu") == found == known_speed(1, "cpu")
    assert kept_speed(2, "cpu") is None
    assert kept_speed(1, "cuda") is None


@pytest.mark.parametrize(
    "torn", ["", "{", "[]", '{"speed": {"macs": 0}}', '{"speed": {"wings": 2}}', '{"speed": 3}']
)
def test_a_torn_file_is_as_none(torn: str) -> None:
    keep_speed(Speed(), 1, "cpu")
    (file,) = cache_folder("speed").iterdir()
    file.write_text(torn, encoding="utf-8")
    assert kept_speed(1, "cpu") is None


@given(st.lists(st.tuples(SECONDS, SECONDS), max_size=20))
def test_corrections_stay_within_bounds(runs: list[tuple[float, float]]) -> None:
    speed = Speed()
    for expected, taken in runs:
        speed = speed.corrected("calls", expected, taken)
    assert 1 / WIDEST * 0.999 <= speed.corrections.get("calls", 1.0) <= WIDEST * 1.001
    assert speed.runs.get("calls", 0) == len(runs)


def test_a_correction_becomes_what_runs_agree_on() -> None:
    speed = Speed().corrected("macs", 2.0, 3.0)
    assert speed.corrections == {"macs": pytest.approx(1.5)}
    for _ in range(40):
        speed = speed.corrected("macs", 1.0, 2.0)
    assert speed.corrections["macs"] == pytest.approx(2.0, rel=0.02)
    assert speed.corrected("macs", 0.0, 1.0) is speed


def test_a_disturbed_measurement_is_held_near_the_ordinary() -> None:
    plain = ordinary(1, "cpu")
    slow = Speed(macs=1.0, call=1e3).near(plain)
    assert (slow.macs, slow.call) == (plain.macs / LIKELY, plain.call * LIKELY)

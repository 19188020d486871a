"""Recent files and settings: kept over days, never a reason to fail."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from app.recent import MOST, PATH_ROLE, RecentFiles, when_words
from app.settings import Settings, projects


def test_the_newest_is_on_top_and_listed_once(tmp_path: Path) -> None:
    recent = RecentFiles(Settings())
    for name in ("a.yaml", "b.yaml", "a.yaml"):
        recent.add(tmp_path / name)
    assert [path.name for path in recent.paths()] == ["a.yaml", "b.yaml"]


def test_they_are_there_tomorrow(tmp_path: Path) -> None:
    RecentFiles(Settings()).add(tmp_path / "a.yaml")
    tomorrow = RecentFiles(Settings())
    index = tomorrow.index(0)
    assert index.data() == "a.yaml"
    assert index.data(PATH_ROLE) == str(tmp_path / "a.yaml")
    assert str(tmp_path) in index.data(Qt.ItemDataRole.AccessibleTextRole)
    tomorrow.remove(tmp_path / "a.yaml")
    assert RecentFiles(Settings()).paths() == []


def test_the_list_does_not_grow_for_ever(tmp_path: Path) -> None:
    recent = RecentFiles(Settings())
    for number in range(MOST + 5):
        recent.add(tmp_path / f"{number}.yaml")
    assert recent.rowCount() == MOST


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester, tmp_path: Path) -> None:
    recent = RecentFiles(Settings())
    recent.add(tmp_path / "a.yaml")
    qtmodeltester.check(recent)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"recent": 3}', '{"recent": [{"path": 1}]}'])
def test_damaged_settings_cost_only_the_memory(tmp_path: Path, content: str) -> None:
    path = tmp_path / "window.json"
    path.write_text(content)
    settings = Settings(path)
    assert settings.text("theme", "system") == "system"
    assert RecentFiles(settings).paths() == []
    settings.remember("theme", "dark")
    assert Settings(path).text("theme") == "dark"


def test_settings_that_cannot_be_written_are_no_failure(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    settings = Settings(place / "window.json")
    settings.remember("theme", "dark")
    assert settings.text("theme") == "dark"


def test_times_are_said_as_people_say_them() -> None:
    now = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
    assert when_words((now - timedelta(seconds=50)).isoformat(), now) == "just now"
    assert when_words((now - timedelta(days=400)).isoformat(), now).endswith("2025")
    assert when_words((now - timedelta(hours=27)).isoformat(), now).startswith("yesterday")


def test_the_users_projects_have_a_home(netwright_home: Path) -> None:
    assert projects().is_relative_to(netwright_home)

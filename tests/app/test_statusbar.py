"""The strip at the bottom tells what a training will take, as soon as the data is known."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app import style
from app.project import Project
from app.settings import Settings
from app.statusbar import network_words
from app.window import Window
from nnspec.catalog import Catalog
from trainers.check import check

SPEC = """netwright: 1
data: {source: data.csv, target: odd}
model:
  - linear: 8
  - linear: auto
train: {epochs: 3}
"""
ROWS = "a,b,odd\n" + "\n".join(f"{n % 7},{n % 5},{n % 2}" for n in range(400))


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "odd.yaml"
    path.write_text(SPEC)
    (tmp_path / "data.csv").write_text(ROWS)
    return path


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot) -> Iterator[Window]:
    made = Window(Project(Catalog.discover()), style.apply(qapp, "light"), Settings())
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_it_waits_for_the_data_then_tells(window: Window, spec: Path, qtbot: QtBot) -> None:
    window.project.open(spec)

    def shown() -> str:
        return " ".join(label.text() for label in window.status.findChildren(QLabel))

    qtbot.waitUntil(lambda: "training: about" in shown(), timeout=20_000)
    assert "2 layers" in shown()
    assert "(3 epochs:" in shown()


def test_a_broken_spec_has_no_forecast(spec: Path) -> None:
    catalog = Catalog.discover()
    sound = check(SPEC, spec.parent, catalog)
    assert "training:" in network_words(sound.analysis, sound.profile, catalog)
    assert "training:" not in network_words(sound.analysis, None, catalog)
    broken = check(SPEC.replace("linear: 8", "linear: -8"), spec.parent, catalog)
    assert "training:" not in network_words(broken.analysis, broken.profile, catalog)

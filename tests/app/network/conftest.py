"""A real project and a real room for every test of the Network room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.network.room import NetworkRoom
from app.project import Project
from app.style import apply
from nnspec.catalog import Catalog
from nnspec.shapes import Interface, Shape
from tests.app.network.bench import TEXT, Bench


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture
def bench(qtbot: QtBot, catalog: Catalog) -> Iterator[Bench]:
    project = Project(catalog)
    room = NetworkRoom(project, apply(QApplication.instance(), "light"))
    qtbot.addWidget(room)
    room.resize(1440, 900)
    room.show()
    room.activateWindow()
    project.new(TEXT)
    project._document.offer(
        Interface({"image": Shape((1, 12, 12))}, {"label": Shape((3,))}, "image")
    )
    project._merged_analysis = None
    project.analysis_changed.emit()
    made = Bench(project, room)
    made.settle()
    yield made
    project.close()
    room.close()
    project.deleteLater()

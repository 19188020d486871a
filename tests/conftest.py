"""What every test starts from: no screen, one thread, its own home, nothing of Qt left behind."""

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest

# Before anything imports Qt or torch: they read these once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
QT_FIXTURES = {"qtbot", "qapp", "qtmodeltester"}

# Shared machines are slow at odd moments; a deadline would then report the machine.
hypothesis.settings.register_profile(
    "netwright", deadline=None, print_blob=True, derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("netwright")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses Qt fixtures as `gui`, so that nobody has to remember it."""
    for item in items:
        if QT_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.gui)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `gpu` where there is none."""
    if item.get_closest_marker("gpu"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("needs an NVIDIA GPU")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets that lies beside the checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the real data sets in ../shared/data beside the checkout")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def netwright_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A home of its own for every test: cache, settings, recent files, default place of runs."""
    home = tmp_path_factory.mktemp("home", numbered=True)
    monkeypatch.setenv("NETWRIGHT_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_qt_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a GUI test that leaves a timer, thread, process or top-level widget behind."""
    if request.node.get_closest_marker("gui") is None:
        yield
        return
    from PySide6 import QtCore, QtWidgets

    before = _windows_and_threads(QtWidgets)
    yield
    left = _left(before, QtCore, QtWidgets)
    if left:
        gc.collect()  # what only a reference cycle kept alive is no leak
        left = _left(before, QtCore, QtWidgets)
    words = "; ".join(map(_words, left))
    for thing in left:
        _silence(thing, QtCore)
    if left:
        pytest.fail(f"left behind by this test: {words}", pytrace=False)


def _left(before: list[object], core: ModuleType, widgets: ModuleType) -> list[object]:
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    shown = [new for new in _windows_and_threads(widgets) if all(new is not old for old in before)]
    return [*_running(core), *shown]


def _windows_and_threads(widgets: ModuleType) -> list[object]:
    application = widgets.QApplication.instance()
    windows = application.topLevelWidgets() if application else []
    return [*windows, *(thread for thread in threading.enumerate() if not _is_known(thread))]


def _running(core: ModuleType) -> list[object]:
    # Nothing of Qt's may run between tests, so one look afterwards is enough; it goes through all
    # objects there are, and only the exact type can be asked for quickly.
    import shiboken6

    kinds = {kind for top in (core.QTimer, core.QThread, core.QProcess) for kind in _kinds(top)}
    found = [thing for thing in gc.get_objects() if type(thing) in kinds]
    return [thing for thing in found if shiboken6.isValid(thing) and _runs(thing, core)]


def _kinds(top: type) -> Iterator[type]:
    yield top
    for kind in top.__subclasses__():
        yield from _kinds(kind)


def _runs(thing: object, core: ModuleType) -> bool:
    if isinstance(thing, core.QTimer):
        return thing.isActive()
    if isinstance(thing, core.QThread):
        return thing.isRunning() and thing is not core.QThread.currentThread()
    return thing.state() != core.QProcess.ProcessState.NotRunning


def _is_known(thread: threading.Thread) -> bool:
    # A dummy thread is Python's view of a thread that Qt or torch made; Qt's are counted as such.
    return thread is threading.main_thread() or isinstance(thread, threading._DummyThread)


def _silence(thing: object, core: ModuleType) -> None:
    """Stop what was left, so that the next tests are not blamed for it."""
    if isinstance(thing, core.QTimer):
        thing.stop()
    elif isinstance(thing, core.QThread):
        thing.requestInterruption()
        thing.quit()
        thing.wait(2000)
    elif isinstance(thing, core.QProcess):
        thing.kill()
        thing.waitForFinished(2000)
    elif not isinstance(thing, threading.Thread):
        thing.close()
        thing.deleteLater()
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)


def _words(thing: object) -> str:
    if isinstance(thing, threading.Thread):
        return f"a Python thread named '{thing.name}'"
    kind = f"{type(thing).__module__}.{type(thing).__qualname__}"
    name = f" '{thing.objectName()}'" if thing.objectName() else ""
    parent = thing.parent()
    owner = f"child of {type(parent).__qualname__}" if parent else "without a parent"
    return f"{kind}{name} ({owner})"

"""dev.py: what it decides, and what it hands over to; the whole of it from a fresh clone (long)."""

import ast
import contextlib
import http.server
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import dev

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "dev.py"

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux needs this")
posix_only = pytest.mark.skipif(os.name != "posix", reason="the stand-in program is a shell script")

PROGRAM = """#!/bin/sh
echo "got: $*"
echo "qt: $QT_QPA_PLATFORM in $(pwd)"
exit 7
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout that is set up, with a program in place of Python that says what it was given."""
    for name in ("dev.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    copy = load(tmp_path)
    copy.PYTHON.parent.mkdir(parents=True)
    copy.PYTHON.write_text(PROGRAM)
    copy.PYTHON.chmod(0o755)
    copy.STAMP.write_text(copy.stamp_text())
    return tmp_path


def load(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev_copy", folder / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


def call(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    wiped = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "NETWRIGHT_TORCH")
    surroundings = {key: value for key, value in os.environ.items() if key not in wiped}
    return subprocess.run(
        [sys.executable, folder / "dev.py", *arguments],
        env={**surroundings, **variables}, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@contextlib.contextmanager
def index(delay: float, status: int = 200) -> Iterator[str]:
    """A package index on this machine that answers after `delay` seconds."""
    over = threading.Event()

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            over.wait(delay)
            with contextlib.suppress(OSError):
                self.send_response(status if self.path == "/whl/torch/" else 404)
                self.end_headers()

        def log_message(self, *words: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/whl"
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def test_it_needs_nothing_but_python() -> None:
    tree = ast.parse(SOURCE.read_text())
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in (
            node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "")]
        )
    }
    assert names <= sys.stdlib_module_names


def test_an_old_python_can_read_it_and_say_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ast.parse(SOURCE.read_text(), feature_version=(3, 7))
    monkeypatch.setattr(dev, "OLDEST_PYTHON", (99, 0))
    assert dev.main(["test"]) == 2
    assert "needs Python 3.11 or newer" in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "status"), [([], 2), (["dance"], 2), (["--help"], 0)])
def test_it_says_what_it_can_do(arguments: list[str], status: int) -> None:
    done = call(ROOT, *arguments)
    assert done.returncode == status
    assert all(f"\n  {command} " in done.stdout for command in dev.COMMANDS)


@posix_only
def test_without_a_screen_the_sample_is_trained_in_the_terminal(project: Path) -> None:
    done = call(project, "run")
    sample = project.resolve() / "resources/samples/digits/digits.yaml"
    assert f"got: -m app.main train {sample}" in done.stdout
    assert "no screen" in done.stdout
    assert done.returncode == 7


@posix_only
@linux_only
def test_with_a_screen_the_window_opens_with_the_sample(project: Path) -> None:
    assert "got: -m app.main --sample" in call(project, "run", DISPLAY=":7").stdout
    assert "got: -m app.main my.yaml" in call(project, "run", "my.yaml", DISPLAY=":7").stdout


@posix_only
def test_tests_get_their_arguments_and_no_screen(project: Path) -> None:
    done = call(project, "test", "-k", "shapes", "-x", DISPLAY=":7")
    assert "got: -m pytest -k shapes -x" in done.stdout
    assert f"qt: offscreen in {project.resolve()}" in done.stdout
    assert done.returncode == 7
    assert "qt: minimal in" in call(project, "test", QT_QPA_PLATFORM="minimal").stdout


def test_only_a_finished_environment_is_ready(project: Path) -> None:
    copy = load(project)
    assert copy.is_ready()
    constraints = project / "constraints.txt"
    before = constraints.read_text()
    constraints.write_text(before + "# changed\n")
    assert not copy.is_ready()
    constraints.write_text(before)
    assert copy.is_ready()
    copy.STAMP.unlink()
    assert not copy.is_ready()


def test_a_moved_checkout_is_not_ready(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    moved = tmp_path_factory.mktemp("moved") / "project"
    shutil.copytree(project, moved)
    assert not load(moved).is_ready()


@linux_only
def test_a_python_without_ensurepip_is_told_which_package(tmp_path: Path) -> None:
    for name in ("dev.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    text = (
        "import sys, runpy; sys.modules['ensurepip'] = None; sys.argv = ['dev.py', 'setup'];"
        "runpy.run_path('dev.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=tmp_path, env={"PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert done.returncode == 1
    assert f"sudo apt-get install --no-install-recommends {package}" in done.stdout
    assert not done.stderr


def test_an_index_is_asked_once_and_not_waited_for() -> None:
    with index(delay=0) as address:
        assert dev.index_answers(address)
        assert not dev.index_answers(f"{address}/elsewhere")
    assert not dev.index_answers(address, patience=0.5)
    with index(delay=20) as address:
        started = time.monotonic()
        assert not dev.index_answers(address, patience=0.3)
        assert time.monotonic() - started < 5


@linux_only
def test_the_build_of_torch_follows_the_machine_and_the_wish(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with index(delay=0) as address:
        monkeypatch.setattr(dev, "TORCH_CPU_INDEX", address)
        monkeypatch.setenv("NETWRIGHT_TORCH", "cpu")
        assert dev.torch_arguments() == ["--extra-index-url", address]
        monkeypatch.setenv("NETWRIGHT_TORCH", "default")
        assert dev.torch_arguments() == []
        monkeypatch.delenv("NETWRIGHT_TORCH")
        assert bool(dev.torch_arguments()) is not dev.has_nvidia()
        driver = tmp_path / "nvidia-smi"
        driver.write_text("#!/bin/sh\n")
        driver.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert dev.torch_arguments() == []
    monkeypatch.setenv("NETWRIGHT_TORCH", "cpu")
    assert dev.torch_arguments() == []  # the index is gone, so pip's own configuration decides
    monkeypatch.setenv("NETWRIGHT_TORCH", "gpu")
    with pytest.raises(dev.DevError, match="'gpu'"):
        dev.torch_arguments()


def test_the_pins_are_found() -> None:
    assert dev.pinned("PySide6-Essentials") == "6.11.3"
    assert dev.pinned("torch").startswith("2.13.")
    with pytest.raises(dev.DevError):
        dev.pinned("tensorflow")


@linux_only
def test_missing_libraries_are_named_by_package() -> None:
    known = {"libc.so.6": "libc6", "libnosuchthing.so.9": "libnosuchthing9"}
    assert dev.missing_packages(known) == ["libnosuchthing9"]


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ('ID=debian\nVERSION_ID="12"\n', False),
        ('ID=debian\nVERSION_ID="13"\n', True),
        ("ID=debian\nNAME=testing\n", True),
        ('ID=ubuntu\nVERSION_ID="22.04"\n', False),
        ('ID=ubuntu\nVERSION_ID="24.04"\n', True),
        ('ID=fedora\nVERSION_ID="41"\n', False),
    ],
)
def test_renamed_packages_are_known(tmp_path: Path, text: str, renamed: bool) -> None:
    (tmp_path / "os-release").write_text(text)
    assert dev.is_t64(tmp_path / "os-release") is renamed


@linux_only
def test_where_nothing_may_be_installed_the_command_is_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dev, "QT_LIBRARIES", {"libnosuchthing.so.9": "libnosuchthing9"})
    with pytest.raises(dev.DevError, match="install --no-install-recommends libnosuchthing9"):
        dev.ensure_libraries(window=False)


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_a_fresh_clone_sets_itself_up_even_when_interrupted(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    first = subprocess.Popen(
        [sys.executable, clone / "dev.py", "setup"],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    while not list(clone.glob(".venv/lib/*/site-packages/numpy*")) and first.poll() is None:
        time.sleep(0.2)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not load(clone).is_ready()
    done = call(clone, "test", "-q", "-m", "not long", "tests/test_dev.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    again = call(clone, "setup")
    assert again.stdout.startswith("dev.py: Ready")

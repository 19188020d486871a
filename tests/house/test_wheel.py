"""The wheel holds the code, the resources and the command, and works away from the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "nnspec", "trainers")

pytestmark = pytest.mark.slow


def build(source: Path, target: Path) -> Path:
    """Build the wheel of `source` with the tools that are installed, without network."""
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        target,
        source,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(target.glob("*.whl"))


def missing(wheel: Path, source: Path) -> list[str]:
    """Return what the wheel lacks of the source's code and resources."""
    wanted = {
        _place(path.relative_to(source))
        for package in (*PACKAGES, "resources")
        for path in (source / package).rglob("*")
        if path.is_file()
    }
    return sorted(wanted - set(zipfile.ZipFile(wheel).namelist()))


def _place(path: Path) -> str:
    return path.as_posix().replace(
        "resources/", "netwright_resources/", path.parts[0] == "resources"
    )


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is shipped, so that nobody writes into it meanwhile."""
    folder = tmp_path_factory.mktemp("source")
    for name in (*PACKAGES, "resources"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "LICENSE", "README.md", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(source, tmp_path_factory.mktemp("wheel"))


def test_it_holds_all_code_and_resources(wheel: Path, source: Path) -> None:
    assert missing(wheel, source) == []
    folders = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    shipped = {*PACKAGES, "netwright_resources"}
    assert {name for name in folders if not name.endswith(".dist-info")} == shipped


def test_it_has_the_command_and_the_licence(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    text = {name.split("/", 1)[1]: name for name in archive.namelist() if ".dist-info/" in name}
    assert "netwright = app.main:main" in archive.read(text["entry_points.txt"]).decode()
    assert b"MIT License" in archive.read(text["licenses/LICENSE"])


def test_it_finds_its_resources_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    probe = (
        "import nnspec.resources as r; place = r.resource('samples');"
        "assert place.is_dir(), place; print(r.__file__, place)"
    )
    surroundings = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert all(Path(word).is_relative_to(tmp_path) for word in done.stdout.split())


def test_a_wheel_without_resources_is_seen(source: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "source"
    shutil.copytree(source, spoilt)
    project = spoilt / "pyproject.toml"
    project.write_text(project.read_text().replace('"trainers", "resources"]', '"trainers"]', 1))
    lacking = missing(build(spoilt, tmp_path / "wheel"), source)
    assert lacking
    assert all(name.startswith("netwright_resources/") for name in lacking)

"""Law 2: imports go down only, Qt stays in app, the window has no torch, kinds are strangers.

The contracts stand in pyproject.toml. They are run on the project, and then on a copy of it with a
violation of each planted, so that a contract that says nothing cannot stay unnoticed.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "nnspec", "trainers")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
KINDS = next(c["modules"] for c in CONTRACTS if c["id"] == "kinds-are-strangers")
STRANGERS = [f"{pattern.removesuffix('.*')}.planted_a" for pattern in KINDS]

# Contract -> the files planted (module -> text) and the imports the report has to name.
PLANTED: dict[str, tuple[dict[str, str], list[str]]] = {
    "down-only": ({"nnspec.planted_up": "import app\n"}, ["nnspec.planted_up -> app"]),
    "qt-in-app": (
        {
            "trainers.planted_qt": "import PySide6.QtCore\n",
            "nnspec.planted_qt": "import pyqtgraph\n",
        },
        ["trainers.planted_qt -> PySide6", "nnspec.planted_qt -> pyqtgraph"],
    ),
    "no-torch-in-app": (
        {"app.planted_torch": "def late():\n    import torch\n"},
        ["app.planted_torch -> torch"],
    ),
    "kinds-are-strangers": (
        {name: f"import {name.removesuffix('a')}b\n" for name in STRANGERS}
        | {f"{name.removesuffix('a')}b": "" for name in STRANGERS},
        [f"{name} -> {name.removesuffix('a')}b" for name in STRANGERS],
    ),
    "commands-are-strangers": (
        {
            "trainers.commands.planted_a": "import trainers.commands.planted_b\n",
            "trainers.commands.planted_b": "",
        },
        ["trainers.commands.planted_a -> trainers.commands.planted_b"],
    ),
    "no-cycles": (
        {
            "nnspec.planted_x": "import nnspec.planted_y\n",
            "nnspec.planted_y": "import nnspec.planted_x\n",
        },
        ["planted_x", "planted_y"],
    ),
}


def lint(folder: Path) -> str:
    """Run the contracts of `folder` on the packages in it and return the report."""
    tool = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    surroundings = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "400"}
    command = [sys.executable, "-c", tool, "--no-cache"]
    done = subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def plant(folder: Path, module: str, text: str) -> None:
    *packages, name = module.split(".")
    place = folder.joinpath(*packages)
    place.mkdir(parents=True, exist_ok=True)
    if not (place / "__init__.py").exists():
        (place / "__init__.py").write_text("")
    (place / f"{name}.py").write_text(text)


@pytest.fixture(scope="module")
def planted_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    for files, _ in PLANTED.values():
        for module, text in files.items():
            plant(folder, module, text)
    return lint(folder)


def test_every_contract_is_kept_and_every_module_was_seen() -> None:
    report = lint(ROOT)
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    seen = re.search(r"Analyzed (\d+) files", report)
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in report, report
    assert seen, report
    assert int(seen[1]) >= len(modules) > len(PACKAGES)


def test_every_kinds_package_is_under_contract() -> None:
    from nnspec.catalog import KIND_PACKAGES

    assert {f"{package}.*" for package in KIND_PACKAGES.values()} <= set(KINDS)


def test_every_contract_has_its_violation_planted() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(PLANTED)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_a_planted_violation_is_caught(planted_report: str, contract: dict[str, str]) -> None:
    assert f"{contract['name']} BROKEN" in planted_report
    details = planted_report.split("Broken contracts", 1)[1]
    for words in PLANTED[contract["id"]][1]:
        assert words in details, details

"""Law 3: the window, and every command that only reads, comes up without torch.

Importing torch takes seconds and 200 MB. The contracts forbid the direct import; this looks at what
is really loaded, in a process of its own, and then plants the import two modules further down.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
heavy = {"torch", "torchmetrics", "sklearn", "scipy"} & set(sys.modules)
print(sys.modules[sys.argv[1]].__file__)
print("loaded:", *sorted(heavy))
"""


def loaded(folder: Path, *modules: str) -> list[str]:
    """Import `modules` of `folder` in a new process; return the heavy libraries it loaded."""
    for module in modules:
        path = folder.joinpath(*module.split("."))
        if not path.is_dir() and not path.with_suffix(".py").exists():
            pytest.skip(f"there is no {module} yet")
    surroundings = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *modules],
        cwd=folder, env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    place, words = done.stdout.strip().splitlines()[-2:]
    assert Path(place).is_relative_to(folder)
    return words.split()[1:]


@pytest.mark.parametrize(
    "modules", [("app.window",), ("app.main",), ("nnspec.catalog", "app.main")]
)
def test_nothing_heavy_is_loaded(modules: tuple[str, ...]) -> None:
    assert loaded(ROOT, *modules) == []


def test_discovering_every_kind_loads_nothing_heavy() -> None:
    text = (
        "from nnspec.catalog import Catalog; import sys; Catalog.discover();"
        "assert 'torch' not in sys.modules and 'torchmetrics' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_planted_import_is_seen(tmp_path: Path) -> None:
    for package in ("app", "nnspec", "trainers"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    with (tmp_path / "nnspec" / "problems.py").open("a") as problems:
        problems.write("\nimport torch\n")
    assert "torch" in loaded(tmp_path, "app.window")

"""Style, types, and the rules that no linter knows; each is seen to catch a planted violation."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Words that say nothing about what is in a module, so that anything ends up in it.
NAMELESS = {"util", "helper", "misc", "manager", "common", "core", "base", "stuff"}

# The two places where any error at all may be caught; ARCHITECTURE.md says why.
CATCHES_ALL = {"trainers/worker.py", "app/main.py"}

# Written in pieces, so that this file does not hold what it looks for.
MACHINE_PATH = r"(?<![\w.])/(?:wo" + r"rk|fa" + r"rm|ro" + r"ot|ho" + r"me/\w+|Us" + r"ers/\w+)/"
REGISTRY = r"py" + r"pi\.org|pythonho" + r"sted|npm" + r"js\.org|deb\.deb" + r"ian\.org"
UNFINISHED = r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|NotImplemented" + r"Error"
CPU_INDEX = r"download\.pyto" + r"rch\.org"


def tool(name: str, *arguments: object, folder: Path = ROOT) -> tuple[int, str]:
    """Run a checker of this environment in `folder` and return its status and its words."""
    command = [sys.executable, "-m", name, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("needs a git checkout")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def texts() -> Iterator[tuple[str, str]]:
    """Yield name and text of every tracked file that is a text of ours."""
    for name in tracked():
        if PurePosixPath(name).suffix in {
            ".py",
            ".md",
            ".toml",
            ".txt",
            ".yaml",
            ".cfg",
            ".sh",
            "",
        }:
            yield name, (ROOT / name).read_text(encoding="utf-8")


def nameless(names: list[str]) -> list[str]:
    """Return the modules and packages whose name says nothing."""
    return [
        name
        for name in names
        if name.endswith(".py")
        and {part.rstrip("s").removesuffix(".py").rstrip("s") for part in name.split("/")}
        & NAMELESS
    ]


def catches_all(text: str) -> list[int]:
    """Return the lines that catch any error and do not raise it again."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and not isinstance(node.body[-1], ast.Raise)
    ]


def found(
    pattern: str, files: Iterator[tuple[str, str]], *, but: tuple[str, ...] = ()
) -> list[str]:
    """Return `file:line: text` for every line that matches."""
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in files
        if name not in but
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_ruff_has_nothing_to_say() -> None:
    status, words = tool("ruff", "check", "--no-cache", ".")
    assert status == 0, words


def test_everything_is_formatted() -> None:
    status, words = tool("ruff", "format", "--check", "--no-cache", ".")
    assert status == 0, words


@pytest.mark.slow
def test_types_hold() -> None:
    status, words = tool("pyright", "--pythonpath", sys.executable)
    assert status == 0, words


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the project's configuration and nothing to complain about."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("app", "nnspec", "trainers"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text('"""A package."""\n')
    (tmp_path / "dev.py").write_text('"""Nothing."""\n')
    return tmp_path


@pytest.mark.parametrize(
    ("file", "line", "code"),
    [
        ("nnspec/planted.py", "import yaml\n\nTREE = yaml.safe_load('a: 1e-3')\n", "TID251"),
        ("nnspec/planted.py", "import yaml\n\nTREE = yaml.compose('a: 1')\n", "TID251"),
        ("trainers/planted.py", "import torch\n\nSTATE = torch.load('x.pt')\n", "TID251"),
        ("trainers/planted.py", "import pickle\n\nprint(pickle)\n", "TID251"),
        ("nnspec/planted.py", "import torch\n\nONE = torch.ones(1)\n", "TID253"),
        ("trainers/planted.py", "print('here')\n", "T201"),
        ("nnspec/planted.py", "from . import tree\n\nTREE = tree\n", "TID252"),
        ("app/planted.py", "try:\n    ONE = 1\nexcept:\n    ONE = 2\n", "E722"),
        ("app/planted.py", "try:\n    ONE = 1\nexcept Exception:\n    ONE = 2\n", "BLE001"),
        ("nnspec/planted.py", "def undocumented() -> None:\n    return\n", "D103"),
    ],
)
def test_ruff_sees_what_is_planted(copy: Path, file: str, line: str, code: str) -> None:
    (copy / file).write_text(f'"""Planted."""\n\n{line}')
    status, words = tool("ruff", "check", "--no-cache", ".", folder=copy)
    assert status == 1
    assert code in words, words


def test_a_planted_format_is_seen(copy: Path) -> None:
    (copy / "app" / "planted.py").write_text('"""Planted."""\n\nONE = [1,2 ]\n')
    status, words = tool("ruff", "format", "--check", "--no-cache", ".", folder=copy)
    assert status == 1, words


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        ("nnspec/planted.py", "def double(x):\n    return x * 2\n", "reportMissingParameterType"),
        ("trainers/planted.py", "def double(x):\n    return x * 2\n", "reportMissingParameterType"),
        ("app/planted.py", "ONE: int = 'one'\n", "reportAssignmentType"),
    ],
)
def test_pyright_sees_what_is_planted(copy: Path, file: str, line: str, rule: str) -> None:
    (copy / file).write_text(f'"""Planted."""\n\n{line}')
    status, words = tool("pyright", "--pythonpath", sys.executable, folder=copy)
    assert status == 1
    assert rule in words, words


def test_every_module_is_named_after_what_is_in_it() -> None:
    assert nameless(tracked()) == []


def test_a_nameless_module_is_seen() -> None:
    names = ["app/utils.py", "trainers/helpers/curves.py", "nnspec/base.py", "app/database.py"]
    assert nameless(names) == names[:3]


def test_errors_are_swallowed_in_two_places_only() -> None:
    swallowing = {name for name, text in texts() if name.endswith(".py") and catches_all(text)}
    assert swallowing <= CATCHES_ALL


def test_a_swallowed_error_is_seen() -> None:
    assert catches_all("try:\n    x()\nexcept Exception as error:\n    y(error)\n") == [3]
    assert catches_all("try:\n    x()\nexcept BaseException:\n    y()\n    raise\n") == []
    assert catches_all("try:\n    x()\nexcept ValueError:\n    y()\n") == []


def test_no_path_of_a_machine_and_no_registry_is_written_down() -> None:
    assert found(f"{MACHINE_PATH}|{REGISTRY}", texts()) == []
    assert found(CPU_INDEX, texts(), but=("dev.py",)) == []


def test_nothing_is_left_unfinished() -> None:
    assert found(UNFINISHED, texts()) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATH, "open('/wo" + "rk/main/x.csv')"),
        (MACHINE_PATH, "cd /ho" + "me/anna/x"),
        (REGISTRY, "https://py" + "pi.org/simple"),
        (CPU_INDEX, "https://download.pyto" + "rch.org/whl"),
        (UNFINISHED, "# TO" + "DO: later"),
        (UNFINISHED, "raise NotImplemented" + "Error"),
    ],
)
def test_what_must_not_be_written_is_seen(pattern: str, line: str) -> None:
    assert found(pattern, iter([("x.py", f"fine\n{line}\n")])) == [f"x.py:2: {line}"]
    assert found(pattern, iter([("x.py", "resources/work/x and homework/y, doubt\n")])) == []

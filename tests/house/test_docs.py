"""The documents at the root exist, lead somewhere, and name commands that are there."""

import re
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "packaging/README.md",
]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def headings(text: str) -> set[str]:
    """Return the anchors of a Markdown text, as the usual viewers make them."""
    lines = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def broken_links(text: str, folder: Path) -> list[str]:
    """Return the links to files and headings that lead nowhere."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = folder / file if file else None
        page = place is not None and place.is_file() and place.suffix == ".md"
        inside = place.read_text(encoding="utf-8") if place and page else text
        if (place and not place.exists()) or (anchor and anchor not in headings(inside)):
            broken.append(target)
    return broken


def missing_paths(text: str, folder: Path) -> list[str]:
    """Return the paths in backticks, below the known folders, that are not there."""
    named = re.findall(r"`((?:app|nnspec|trainers|tests|resources|packaging)/[\w./-]+)`", text)
    return [path for path in named if not (folder / path).exists()]


def commands(text: str) -> set[str]:
    """Return the dev.py commands a text tells to run."""
    return set(re.findall(r"python3 dev\.py (\w+)", text))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    assert broken_links(read(name), (ROOT / name).parent) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# One heading\n")
    text = (
        "# Here\n[a](there.md) [b](gone.md) [c](there.md#one-heading) [d](there.md#two) "
        "[e](#here) [f](#nowhere) [g](https://example.org/x)"
    )
    assert broken_links(text, tmp_path) == ["gone.md", "there.md#two", "#nowhere"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_files_that_are_named_exist(name: str) -> None:
    assert missing_paths(read(name), ROOT) == []


def test_a_missing_file_is_seen() -> None:
    text = "`tests/house/test_docs.py`, `app/nothing_here.py`"
    assert missing_paths(text, ROOT) == ["app/nothing_here.py"]


def test_the_readme_says_how_to_run_and_test() -> None:
    named = commands(read("README.md"))
    assert {"run", "test"} <= named <= set(dev.COMMANDS)


def test_a_wrong_command_is_seen() -> None:
    assert commands("Type `python3 dev.py start`.") - set(dev.COMMANDS) == {"start"}


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "packaging/README.md"])
def test_other_documents_name_real_commands(name: str) -> None:
    assert commands(read(name)) <= set(dev.COMMANDS)


def test_the_changelog_has_the_version() -> None:
    version = re.search(r'^version = "(.+?)"', read("pyproject.toml"), flags=re.MULTILINE)
    assert version
    assert re.search(
        rf"^## \[?(Unreleased|{re.escape(version[1])})\b", read("CHANGELOG.md"), re.MULTILINE
    )

"""The help pages are what the catalog says now; `python -m nnspec.reference` writes them."""

import pytest

from nnspec.catalog import Catalog
from nnspec.reference import pages
from nnspec.resources import resource


def test_the_pages_are_fresh() -> None:
    folder = resource("samples").parent / "help"
    if not (folder / "index.md").exists():
        pytest.skip("the pages are not written yet: python -m nnspec.reference")
    kept = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.md")
    }
    made = pages(Catalog.discover())
    stale = sorted(name for name in {*kept, *made} if kept.get(name) != made.get(name))
    assert stale == [], "write them anew: python -m nnspec.reference"

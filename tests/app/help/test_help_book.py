"""Pages of the help panel: every link leads on, searches find, names of other kinds are links."""

from __future__ import annotations

import re

import pytest

from app.help.book import START, search, target, text_of
from nnspec.catalog import Catalog
from nnspec.reference import pages, text_at

CATALOG = Catalog.discover()
PAGES = pages(CATALOG)


def links(path: str) -> list[str]:
    return [target(path, link) for link in re.findall(r"\]\(([^)]+)\)", text_of(CATALOG, path))]


def test_one_page_alone_is_the_same_as_among_all() -> None:
    assert {path: text_at(CATALOG, path) for path in PAGES} == PAGES
    assert text_at(CATALOG, "layer/nothing.md") is None
    assert text_at(CATALOG, "../secret.md") is None


def test_every_link_of_every_page_leads_to_a_page() -> None:
    followed = {path: links(path) for path in (*PAGES, "search/conv", "search/zebra?")}
    assert {link for found in followed.values() for link in found} <= set(PAGES)
    assert all(followed.values())


def test_every_kind_is_reached_from_the_beginning() -> None:
    reached, waiting = {START}, [START]
    while waiting:
        fresh = set(links(waiting.pop())) - reached
        reached |= fresh
        waiting += fresh
    assert reached == set(PAGES)


def test_a_page_names_its_group_and_the_kinds_it_speaks_of() -> None:
    text = text_of(CATALOG, "layer/conv2d.md")
    assert text.startswith("# conv2d")
    assert "[conv1d](conv1d.md)" in text.partition("## See also")[2]
    assert "[conv2d]" not in text


@pytest.mark.parametrize(("words", "first"), [
    ("conv2d", "layer/conv2d.md"),
    ("adam", "optimizer/adam.md"),
    ("mha", "layer/multi_head_attention.md"),
    ("self attention", "layer/multi_head_attention.md"),
    ("cosine", "schedule/cosine.md"),
    ("category", "column/category.md"),
])  # fmt: skip
def test_searches_find(words: str, first: str) -> None:
    assert search(CATALOG, words)[0] == first


def test_what_is_not_found_is_told_without_its_signs() -> None:
    text = text_of(CATALOG, "search/[zebra](x) <b>*")
    assert text.startswith("# Found for “zebrax b”")
    assert "Nothing." in text


def test_names_that_are_no_kinds_have_no_page() -> None:
    assert text_of(CATALOG, "layer/my_block.md") == PAGES[START]

"""The pages of the help panel as Markdown: those of the reference with more links, and searches.

A page is known by its path below the help folder (`layer/linear.md`); `search/conv` is the list of
all kinds that the word may mean. Pure functions; nothing is made before it is asked for.
"""

from __future__ import annotations

import posixpath
import re

from app.network.kinds import Entry, matching
from nnspec.catalog import KIND_PACKAGES, Catalog, Kind
from nnspec.reference import FAMILIES, path_of, text_at

START = "index.md"
SEARCH = "search/"
MOST_FOUND = 40
_SIGNS = re.compile(r"[^\w \-]")
_WORD = re.compile(r"`([a-z][a-z0-9_]*)`")


def text_of(catalog: Catalog, path: str) -> str:
    """The Markdown of a page; of the beginning where there is no such page."""
    if path.startswith(SEARCH):
        return _found(catalog, path.removeprefix(SEARCH))
    text = text_at(catalog, path)
    kind = kind_at(catalog, path)
    if text is None:
        return text_at(catalog, START) or ""
    return text if kind is None else _linked(text, kind, catalog) + _beside(kind, catalog)


def kind_at(catalog: Catalog, path: str) -> Kind | None:
    """The kind that a page is about; None for lists."""
    name = path.rpartition("/")[2].removesuffix(".md")
    for family in KIND_PACKAGES:
        if path == path_of(family, name) and name in catalog.names(family):
            return catalog.get(family, name)
    return None


def target(path: str, link: str) -> str:
    """The path of the page that a link of the page `path` leads to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), link))


def search(catalog: Catalog, words: str) -> tuple[str, ...]:
    """The paths of all kinds that `words` may mean, the likeliest first."""
    return tuple(path for path, _ in _matching(catalog, words))


def _matching(catalog: Catalog, words: str) -> list[tuple[str, Entry]]:
    known: dict[Entry, str] = {}
    for family in KIND_PACKAGES:
        for kind in catalog.of(family):
            entry = Entry(kind.name, family, kind.summary, also=kind.also)
            known[entry] = path_of(family, kind.name)
    return [(known[entry], entry) for entry in matching(tuple(known), words)][:MOST_FOUND]


def _found(catalog: Catalog, words: str) -> str:
    lines = [
        f"- [{entry.name}](../{path}), {_family_of(entry)}: {entry.summary}"
        for path, entry in _matching(catalog, words)
    ]
    heading = f"# Found for “{_SIGNS.sub('', words)}”\n\n"
    return heading + ("\n".join(lines) or "Nothing. [All there is](../index.md) is listed.") + "\n"


def _family_of(entry: Entry) -> str:
    return next(heading for family, (heading, _) in FAMILIES.items() if family == entry.group)


def _linked(text: str, kind: Kind, catalog: Catalog) -> str:
    """Turn names of other kinds of the family in a kind's own words into links."""
    names = set(catalog.names(kind.family)) - {kind.name, *(each.name for each in kind.params)}

    def link(word: re.Match[str]) -> str:
        return f"[{word[0]}]({word[1]}.md)" if word[1] in names else word[0]

    own = kind.help.strip()
    return text.replace(own, _WORD.sub(link, own), 1)


def _beside(kind: Kind, catalog: Catalog) -> str:
    """Links to the other kinds of its group, or of its family where that has no groups."""
    others = [o for o in catalog.of(kind.family) if o.group == kind.group and o.name != kind.name]
    links = ", ".join(f"[{other.name}]({other.name}.md)" for other in others)
    return f"\n## See also\n{links}\n" if links else ""

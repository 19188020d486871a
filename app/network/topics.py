"""Which help page a place is about: a word of the text, or a card of the canvas. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.network.canvas.cards import Card
from app.network.completion import context_at
from nnspec.catalog import Catalog, Family
from nnspec.reference import path_of
from nnspec.spec import Choice, Spec

_WORD = re.compile(r"[^\W\d]\w*")
_SECTIONS: dict[str, Family] = {
    "model": "layer",
    "layers": "layer",
    "blocks": "layer",
    "optimizer": "optimizer",
    "schedule": "schedule",
    "loss": "loss",
    "losses": "loss",
    "metrics": "metric",
    "source": "source",
    "columns": "column",
    "target": "column",
}
_TRAINING: tuple[Family, ...] = ("loss", "optimizer", "schedule", "metric")
_DATA: tuple[Family, ...] = ("column", "source")


def topic_at(text: str, index: int, catalog: Catalog) -> str:
    """The path of the page that says most about the word at `index`; "" where none does.

    A kind leads to its page, a setting to that of the kind it belongs to, and what stands in a
    section of kinds to the list of them.
    """
    start = text.rfind("\n", 0, index) + 1
    end = text.find("\n", index)
    line = text[start : end if end >= 0 else len(text)]
    words = list(_WORD.finditer(line))
    here = next((w for w in words if w.start() <= index - start <= w.end()), None)
    context = context_at(text, start + (here.end() if here else len(line)))
    if context is None:
        return ""
    above = [word.removeprefix("-") for word in context.above]
    left = [word[0] for word in reversed(words) if word.end() <= index - start and word != here]
    named = [here[0]] if here else [word[0] for word in words[:1]]
    near = [*named, *filter(None, [context.owner]), *left, *above]
    return next(_pages(near, _families(near), catalog), "")


def _families(near: Sequence[str]) -> tuple[Family, ...]:
    if "train" in near:
        return _TRAINING
    return _DATA if "data" in near else ("layer",)


def _pages(near: Sequence[str], families: Sequence[Family], catalog: Catalog) -> Iterator[str]:
    """Pages from the nearest word outwards: of kinds first, then lists of them."""
    for place, word in enumerate(near):
        nearest: list[Family] = [_SECTIONS[w] for w in near[place + 1 :] if w in _SECTIONS]
        both: list[Family] = [*(each for each in nearest if each in families), *families]
        for family in both:
            if page := page_of(family, word, catalog):
                yield page
        if word in _SECTIONS and _SECTIONS[word] in families:
            yield path_of(_SECTIONS[word])


def page_of(family: Family, name: str, catalog: Catalog) -> str:
    """The path of a kind's page; "" for a name that is no kind, a block's for example."""
    return path_of(family, name) if name in catalog.names(family) else ""


def topic_of(card: Card, spec: Spec, catalog: Catalog) -> str:
    """The page about a card: of its layer, of where rows come from, of what the target is."""
    data = spec.data
    match card.role:
        case "input":
            return _page(data.source) if data else path_of("source")
        case "output":
            columns = data.targets if data else ()
            column = next((each for each in columns if each.name == card.title), None)
            return _page(column.type) if column and column.type else path_of("loss")
        case _:
            return page_of("layer", card.kind, catalog) or path_of("layer")


def _page(choice: Choice) -> str:
    return path_of(choice.kind.family, choice.kind.name)

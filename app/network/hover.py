"""What a word of the text means, for the tooltip under the mouse. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.network.completion import OBJECTIVE, RESERVED, SECTIONS, STEP, context_at
from nnspec.catalog import Catalog, Family
from nnspec.functions import FUNCTIONS
from nnspec.params import params_of
from nnspec.section_settings import Training, When

_WORD = re.compile(r"[^\W\d]\w*")
_IN_TRAINING: tuple[Family, ...] = ("loss", "optimizer", "schedule", "metric")
_ELSEWHERE: tuple[Family, ...] = ("layer", "column", "source")


def meaning(text: str, index: int, catalog: Catalog) -> str:
    """What the word at `index` means in a line or two; "" where nothing is known of it."""
    start = text.rfind("\n", 0, index) + 1
    end = text.find("\n", index)
    line = text[start : end if end >= 0 else len(text)]
    found = next((w for w in _WORD.finditer(line) if w.start() <= index - start < w.end()), None)
    context = context_at(text, start + found.end()) if found else None
    if found is None or context is None:
        return ""
    word, rest = found.group(), line[found.end() :]
    if rest.startswith("(") and word in FUNCTIONS:
        return f"{FUNCTIONS[word].usage}\n{FUNCTIONS[word].help}"
    if found.start() == 0:
        return SECTIONS.get(word, "")
    training = "train" in context.above
    return next(_meanings(word, catalog, training=training, key=rest.lstrip().startswith(":")), "")


def _meanings(word: str, catalog: Catalog, *, training: bool, key: bool) -> Iterator[str]:
    if key and training:
        settings = {each.name: each.help for each in (*params_of(Training), *params_of(When))}
        notes = {**settings, **STEP, **OBJECTIVE}
        if word in notes:
            yield f"{word}: {notes[word]}"
    if key and not training and word in RESERVED:
        yield f"{word}: {RESERVED[word]}"
    families = _IN_TRAINING if training else _ELSEWHERE
    for family in families:
        if word in catalog.names(family) and (kind := catalog.get(family, word)):
            yield f"{word} ({family})\n{kind.summary}"

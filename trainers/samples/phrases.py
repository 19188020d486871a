"""English sentences and what they are in French, put together by a small grammar."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, words

_NOUNS = (
    ("cat", "chat", "m"),
    ("dog", "chien", "m"),
    ("book", "livre", "m"),
    ("garden", "jardin", "m"),
    ("king", "roi", "m"),
    ("house", "maison", "f"),
    ("table", "table", "f"),
    ("flower", "fleur", "f"),
    ("queen", "reine", "f"),
    ("town", "ville", "f"),
)
_BEFORE = (
    ("small", "petit", "petite"),
    ("big", "grand", "grande"),
    ("beautiful", "beau", "belle"),
    ("new", "nouveau", "nouvelle"),
)
_AFTER = (
    ("green", "vert", "verte"),
    ("white", "blanc", "blanche"),
    ("black", "noir", "noire"),
    ("red", "rouge", "rouge"),
)
_ARTICLES = (("the", "le", "la"), ("a", "un", "une"), ("my", "mon", "ma"), ("this", "ce", "cette"))
_VERBS = (
    ("sees", "voit"),
    ("likes", "aime"),
    ("looks for", "cherche"),
    ("finds", "trouve"),
    ("does not see", "ne voit pas"),
    ("does not like", "n'aime pas"),
)


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:  # noqa: ARG001
    """Make pairs of sentences; nothing in them is noise.

    What has to be learned: words, the gender of things, and that most adjectives follow theirs.
    """
    pairs = [_pair(generator) for _ in range(rows)]
    return Sample(
        {"english": words(pair[0] for pair in pairs), "french": words(pair[1] for pair in pairs)},
        ("french",),
        {"english": "text", "french": "text"},
    )


def _pair(generator: np.random.Generator) -> tuple[str, str]:
    who, qui = _thing(generator)
    does, fait = _VERBS[int(generator.integers(len(_VERBS)))]
    what, quoi = _thing(generator)
    return f"{who} {does} {what}", f"{qui} {fait} {quoi}"


def _thing(generator: np.random.Generator) -> tuple[str, str]:
    noun, nom, gender = _NOUNS[int(generator.integers(len(_NOUNS)))]
    form = 1 if gender == "m" else 2
    article = _ARTICLES[int(generator.integers(len(_ARTICLES)))]
    adjectives = (_BEFORE, _AFTER, None)[int(generator.integers(3))]
    if adjectives is None:
        return f"{article[0]} {noun}", f"{article[form]} {nom}"
    adjective = adjectives[int(generator.integers(len(adjectives)))]
    order = (adjective[form], nom) if adjectives is _BEFORE else (nom, adjective[form])
    return f"{article[0]} {adjective[0]} {noun}", f"{article[form]} {' '.join(order)}"

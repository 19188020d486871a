"""Words and the same words backwards: what a network needs memory for."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, words

_SYLLABLES = ("ba", "ku", "le", "mi", "no", "ra", "si", "to", "ve", "zu")


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make words of two to four syllables; noise is the chance that a letter is another one."""
    made = [_word(noise, generator) for _ in range(rows)]
    return Sample(
        {"word": words(made), "reversed": words(word[::-1] for word in made)},
        ("reversed",),
        {"word": "text", "reversed": "text"},
    )


def _word(noise: float, generator: np.random.Generator) -> str:
    count = int(generator.integers(2, 5))
    chosen: list[int] = generator.integers(0, len(_SYLLABLES), count).tolist()
    letters = list("".join(_SYLLABLES[index] for index in chosen))
    for place in np.flatnonzero(generator.random(len(letters)) < noise):
        letters[place] = chr(ord("a") + int(generator.integers(0, 26)))
    return "".join(letters)

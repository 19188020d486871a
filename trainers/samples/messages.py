"""Short messages, wanted and unwanted, put together from pieces."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels, words

_NAMES = ("anna", "ben", "mum", "leo", "sara", "tom")
_WANTED = (
    ("hi {name},", "hey {name}", "ok {name},", "sorry {name}", "{name},", ""),
    (
        "are you coming to {place} tonight",
        "i will call you later",
        "the train is late again",
        "can you bring the keys to {place}",
        "dinner was free at {place}",
        "did you win the game",
        "let us meet at {place} at {hour}",
        "i left my phone at {place}",
    ),
    ("?", ".", ":)", "see you at {hour}", "love {name}", "please reply"),
)
_UNWANTED = (
    ("urgent!", "congratulations!", "dear customer,", "hi {name},", "free entry:", ""),
    (
        "you have won a prize of {sum} pounds",
        "your phone number was chosen for a holiday",
        "claim your free ringtone now",
        "your account at {place} is on hold",
        "get {sum} minutes free tonight",
        "call {number} to win",
    ),
    ("call {number}", "text WIN to {number}", "reply now", "ends at {hour}", "visit {place} . com"),
)
_PLACES = ("home", "school", "the station", "work", "the bank", "the club")


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make messages, half of them unwanted; noise is the chance that a word is lost."""
    unwanted = np.arange(rows) % 2
    made = [_message((_WANTED, _UNWANTED)[kind], noise, generator) for kind in unwanted.tolist()]
    return Sample(
        {"message": words(made), "kind": labels(unwanted, ("wanted", "unwanted"))},
        ("kind",),
        {"message": "text"},
    )


def _message(
    pieces: tuple[tuple[str, ...], ...], noise: float, generator: np.random.Generator
) -> str:
    chosen = " ".join(choices[int(generator.integers(len(choices)))] for choices in pieces)
    told = chosen.format(
        name=_NAMES[int(generator.integers(len(_NAMES)))],
        place=_PLACES[int(generator.integers(len(_PLACES)))],
        hour=int(generator.integers(1, 13)),
        sum=100 * int(generator.integers(1, 20)),
        number=int(generator.integers(80_000, 90_000)),
    ).split()
    kept = [word for word in told if generator.random() >= noise]
    return " ".join(kept or told)

"""Pairs of points and whether both come from one place, for siamese networks."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels
from trainers.table import Arrays

_PLACES = 6
_NUMBERS = 8


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make pairs of points with 8 numbers around 6 places; half of the pairs share theirs."""
    places = generator.standard_normal((_PLACES, _NUMBERS))
    same = np.arange(rows) % 2
    first = generator.integers(0, _PLACES, rows)
    other = (first + generator.integers(1, _PLACES, rows)) % _PLACES
    second = np.where(same == 1, first, other)
    left, right = (
        Arrays((places[which] + noise * generator.standard_normal((rows, _NUMBERS)))[:, None])
        for which in (first, second)
    )
    return Sample(
        {"left": left, "right": right, "same": labels(same, ("no", "yes"))},
        ("same",),
        {"left": "array", "right": "array"},
    )

"""Spirals looked at from time to time: which way does each turn?"""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels
from trainers.table import Arrays

_LOOKS = 40


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make series of 40 looks: x, y and the time since the look before, which is never even."""
    turn = np.arange(rows) % 2
    gaps = generator.exponential(1.0, (rows, _LOOKS)) / _LOOKS
    time = np.cumsum(gaps, axis=1)
    start = 2 * np.pi * generator.random((rows, 1))
    speed = 2 * np.pi * (1 + generator.random((rows, 1)))
    angle = start + np.where(turn == 0, 1, -1)[:, None] * speed * time
    radius = 0.3 + time
    spots = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=2)
    spots += noise * generator.standard_normal(spots.shape)
    seen = np.concatenate([spots, gaps[:, :, None]], axis=2)
    return Sample(
        {"looks": Arrays(seen), "turn": labels(turn, ("left", "right"))},
        ("turn",),
        {"looks": "series"},
    )

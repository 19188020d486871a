"""Sounds whose pitch rises, falls or stays."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels, sounds

_RATE = 8000
_SECONDS = 0.4
_WAYS = ("stays", "rises", "falls")


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make tones of 0.4 seconds between 300 and 2400 Hz, each as loud as chance has it."""
    way = np.arange(rows) % len(_WAYS)
    time = np.arange(round(_RATE * _SECONDS)) / _RATE
    start = generator.uniform(600, 1200, (rows, 1))
    octaves = np.choose(way, [0, 1, -1])[:, None] * generator.uniform(0.4, 1, (rows, 1))
    pitch = start * 2 ** (octaves * time / _SECONDS)
    loud = generator.uniform(0.1, 0.6, (rows, 1))
    heard = loud * np.sin(2 * np.pi * np.cumsum(pitch, axis=1) / _RATE)
    heard += noise / 4 * generator.standard_normal(heard.shape)
    return Sample(
        {"audio": sounds(heard, _RATE, "tone"), "pitch": labels(way, _WAYS)},
        ("pitch",),
        {"audio": "audio"},
    )

"""Exclusive or: two bits and whether they differ."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels, numbers


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make the four corners over and over, each a little off."""
    bits = np.stack([np.arange(rows) % 2, np.arange(rows) // 2 % 2], axis=1)
    spots = bits + noise * generator.standard_normal((rows, 2))
    differs = bits[:, 0] ^ bits[:, 1]
    return Sample(
        {"a": numbers(spots[:, 0]), "b": numbers(spots[:, 1]), "differs": labels(differs, "01")},
        ("differs",),
        {"a": "number", "b": "number"},
    )

"""Two spirals wound around one another (Lang and Witbrock, 1988)."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels, numbers

_TURNS = 1.75


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make points on two arms, evenly along each, a little off."""
    arm = np.arange(rows) % 2
    along = np.sqrt(generator.random(rows)) * _TURNS * 2 * np.pi
    angle = along + np.pi * arm
    x = along * np.cos(angle) + noise * generator.standard_normal(rows)
    y = along * np.sin(angle) + noise * generator.standard_normal(rows)
    return Sample(
        {"x": numbers(x), "y": numbers(y), "arm": labels(arm, ("first", "second"))},
        ("arm",),
        {"x": "number", "y": "number"},
    )

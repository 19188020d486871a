"""Two half moons that reach into one another."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels, numbers


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make points on two half circles, each a little off."""
    moon = np.arange(rows) % 2
    angle = np.pi * generator.random(rows)
    x = np.where(moon == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(moon == 0, np.sin(angle), 0.5 - np.sin(angle))
    x, y = (place + noise * generator.standard_normal(rows) for place in (x, y))
    return Sample(
        {"x": numbers(x), "y": numbers(y), "moon": labels(moon, ("upper", "lower"))},
        ("moon",),
        {"x": "number", "y": "number"},
    )

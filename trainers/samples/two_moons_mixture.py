"""One x, several y: two half moons seen as a relation, for mixture densities."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, numbers


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make points on two half circles; where both lie above one another, y is one of two."""
    moon = np.arange(rows) % 2
    angle = np.pi * generator.random(rows)
    x = np.where(moon == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(moon == 0, np.sin(angle), 0.5 - np.sin(angle))
    y = y + noise * generator.standard_normal(rows)
    return Sample({"x": numbers(x), "y": numbers(y)}, ("y",), {"x": "number", "y": "number"})

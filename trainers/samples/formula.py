"""A smooth law of two numbers, for networks whose weights are curves."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, numbers


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make y = exp(sin(pi a) + b^2) for a and b from -1 to 1 (Liu et al. 2024).

    Noise is a tenth of what is asked for: 0.1 gives a deviation of 0.01.
    """
    a, b = generator.uniform(-1, 1, (2, rows))
    y = np.exp(np.sin(np.pi * a) + b**2) + noise / 10 * generator.standard_normal(rows)
    return Sample(
        {"a": numbers(a), "b": numbers(b), "y": numbers(y)},
        ("y",),
        {"a": "number", "b": "number", "y": "number"},
    )

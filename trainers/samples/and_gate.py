"""The gate that is on where both inputs are: what a single neuron can learn."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels, numbers


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make the four corners over and over, each a little off."""
    bits = np.stack([np.arange(rows) % 2, np.arange(rows) // 2 % 2], axis=1)
    spots = bits + noise * generator.standard_normal((rows, 2))
    return Sample(
        {
            "a": numbers(spots[:, 0]),
            "b": numbers(spots[:, 1]),
            "both": labels(bits[:, 0] & bits[:, 1], "01"),
        },
        ("both",),
        {"a": "number", "b": "number"},
    )

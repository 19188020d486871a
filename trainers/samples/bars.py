"""Black and white pictures of bars that lie or stand, for Boltzmann machines."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, labels, pictures

_SIZE = 8


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make pictures of 8 x 8 pixels; every line is white by chance, noise turns pixels over."""
    stands = np.arange(rows) % 2
    lines = generator.random((rows, _SIZE)) < 0.35
    lines[np.arange(rows), generator.integers(0, _SIZE, rows)] = True
    pixels = np.repeat(lines[:, :, None], _SIZE, axis=2)
    pixels = np.where(stands[:, None, None] == 1, pixels.swapaxes(1, 2), pixels)
    pixels ^= generator.random(pixels.shape) < noise / 10
    return Sample(
        {
            "image": pictures((255 * pixels).astype(np.uint8), "bars"),
            "way": labels(stands, ("lying", "standing")),
        },
        ("way",),
        {"image": "image"},
    )

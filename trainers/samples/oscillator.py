"""A swing that comes to rest: time and place, for networks that know a law of physics."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample, numbers

DAMPING = 2.0
FREQUENCY = 20.0


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make x(t) with x'' + 4 x' + 400 x = 0, x(0) = 1, x'(0) = 0 at times from 0 to 1.

    Noise is a tenth of what is asked for: 0.1 gives a deviation of 0.01.
    """
    time = np.linspace(0, 1, rows)
    omega = np.sqrt(FREQUENCY**2 - DAMPING**2)
    phase = np.arctan2(-DAMPING, omega)
    place = np.exp(-DAMPING * time) * np.cos(omega * time + phase) / np.cos(phase)
    place += noise / 10 * generator.standard_normal(rows)
    return Sample({"t": numbers(time), "x": numbers(place)}, ("x",), {"t": "number", "x": "number"})

"""A series with trend, season and noise, cut into windows."""

from __future__ import annotations

import numpy as np

from trainers.generated import Sample
from trainers.table import Arrays
from trainers.windows import slide

_LOOK_BACK = 48
_HORIZON = 12


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:
    """Make windows of 48 steps and the 12 after them; the season has 24 steps, and one of 7."""
    step = np.arange(rows + _LOOK_BACK + _HORIZON - 1)
    season = np.sin(2 * np.pi * step / 24) + 0.3 * np.sin(2 * np.pi * step / 7)
    series = 10 + 0.01 * step + season + noise * generator.standard_normal(len(step))
    windows = slide(series[:, None], 0, look_back=_LOOK_BACK, horizon=_HORIZON)
    return Sample(
        {"past": Arrays(windows.past), "future": Arrays(windows.future)},
        ("future",),
        {"past": "series", "future": "series"},
        in_order=_HORIZON - 1,
    )

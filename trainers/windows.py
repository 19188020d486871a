"""Windows over a series: what was seen up to a step, and what came after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainers.texts import Array


@dataclass(frozen=True, slots=True)
class Windows:
    """Rows of a forecast.

    Attributes:
        past: rows x look_back x channels, float64.
        future: rows x horizon, float64; NaN where it lies behind the end of the series.
        starts: the step at which each row's future begins.
    """

    past: Array
    future: Array
    starts: Array

    def __len__(self) -> int:
        return len(self.starts)


def slide(
    values: Array,
    target: int,
    *,
    look_back: int,
    horizon: int,
    stride: int = 1,
    ahead: bool = False,
) -> Windows:
    """Cut a series into windows, the earliest first.

    Args:
        values: steps x channels.
        target: the channel whose future is wanted.
        look_back: how many steps a row sees.
        horizon: how many steps after them are wanted.
        stride: how many steps lie between the starts of two rows.
        ahead: whether the window behind the last step is a row too; its future is unknown.
    """
    steps = len(values)
    starts = np.arange(look_back, steps - horizon + 1, stride)
    if ahead and steps >= look_back:
        starts = np.append(starts[starts < steps], steps)
    seen = starts[:, None] + np.arange(-look_back, 0)
    wanted = starts[:, None] + np.arange(horizon)
    padded = np.append(values[:, target], np.full(horizon, np.nan))
    return Windows(values[seen], padded[np.minimum(wanted, steps)], starts)


def shared_rows(horizon: int, stride: int) -> int:
    """How many of the following rows share steps of their future with a row."""
    return (horizon - 1) // stride

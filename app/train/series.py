"""A growing curve and its smoothing: numbers only, so that the plots have nothing to compute.

Smoothing is an exponential moving average over every point, corrected for its start (as Adam does),
so that a constant curve stays constant and the first value is the first value. It is computed in
blocks and only for points that are new.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_PRECISION = 1e6
"""By how much weights may differ within a block before sums lose digits."""


class Smoother:
    """A debiased exponential moving average that goes on where it stopped."""

    def __init__(self, weight: float) -> None:
        """`weight` of the past, from 0 (no smoothing) to below 1."""
        self.weight = weight
        self._mean = 0.0
        self._count = 0

    def take(self, values: Floats) -> Floats:
        """Return the smoothed values of the next points; what is not finite counts for nothing."""
        if self.weight <= 0:
            return values.copy()
        block = max(1, int(math.log(_PRECISION) / -math.log(self.weight)))
        parts = [self._block(values[i : i + block]) for i in range(0, len(values), block)]
        return np.concatenate(parts) if parts else values.copy()

    def _block(self, values: Floats) -> Floats:
        known = np.isfinite(values)
        found = values[known]
        if not len(found):
            return values.copy()
        powers = self.weight ** np.arange(1, len(found) + 1)
        sums = np.cumsum(found / powers) * (1 - self.weight) * powers
        means = sums + self._mean * powers
        counts = self._count + np.arange(1, len(found) + 1)
        self._mean, self._count = float(means[-1]), int(counts[-1])
        smoothed = np.full(len(values), np.nan)
        smoothed[known] = means / (1 - self.weight**counts)
        return smoothed


class Series:
    """Points of one curve in arrays that double when they are full."""

    def __init__(self, weight: float = 0.0) -> None:
        self._x = np.empty(256)
        self._y = np.empty(256)
        self._s = np.empty(256)
        self._length = 0
        self._smoother = Smoother(weight)

    def __len__(self) -> int:
        return self._length

    @property
    def x(self) -> Floats:
        """Where the points are."""
        return self._x[: self._length]

    @property
    def y(self) -> Floats:
        """Their values as they came."""
        return self._y[: self._length]

    @property
    def smooth(self) -> Floats:
        """Their values, smoothed."""
        return self._s[: self._length]

    def clear(self) -> None:
        """Forget every point."""
        self._length = 0
        self._smoother = Smoother(self._smoother.weight)

    def set_weight(self, weight: float) -> None:
        """Smooth by another weight, from the first point on."""
        self._smoother = Smoother(weight)
        self._s[: self._length] = self._smoother.take(self.y)

    def extend(self, x: Sequence[float] | Floats, y: Sequence[float] | Floats) -> None:
        """Add points."""
        new = len(x)
        if not new:
            return
        end = self._length + new
        if end > len(self._x):
            self._grow(end)
        self._x[self._length : end] = x
        self._y[self._length : end] = y
        self._s[self._length : end] = self._smoother.take(self._y[self._length : end])
        self._length = end

    def at(self, x: float) -> float:
        """The smoothed value of the point nearest to `x`, nan when there is none."""
        if not self._length:
            return math.nan
        index = int(np.searchsorted(self.x, x))
        near = [i for i in (index - 1, index) if 0 <= i < self._length]
        best = min(near, key=lambda i: abs(self._x[i] - x))
        return float(self._s[best])

    def _grow(self, needed: int) -> None:
        size = max(needed, 2 * len(self._x))
        for name in ("_x", "_y", "_s"):
            larger = np.empty(size)
            larger[: self._length] = getattr(self, name)[: self._length]
            setattr(self, name, larger)


def drawable(values: Floats, *, log: bool) -> Floats:
    """What a plot can draw: on a logarithmic axis only what is above zero."""
    return np.where(values > 0, values, np.nan) if log else values

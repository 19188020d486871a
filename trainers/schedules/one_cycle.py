"""A learning rate that rises to its peak and falls to almost nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnspec.catalog import kind
from nnspec.params import param


@kind("Schedule")
@dataclass(frozen=True, slots=True)
class OneCycle:
    """Rises to the learning rate, then falls far below it; quick for short runs."""

    pct_start: float = param(
        0.3, above=0, below=1, help="Share of all steps in which the rate rises."
    )
    div_factor: float = param(
        25.0, low=1, help="How many times smaller the rate is at the start.", advanced=True
    )
    final_div_factor: float = param(
        1e4, low=1, help="How many times smaller than at the start it is at the end.", advanced=True
    )

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """What the learning rate is multiplied by at `step` (from 0) of `steps`."""
        peak = self.pct_start * steps - 1
        start = 1 / self.div_factor
        if step <= peak:
            return _between(start, 1.0, step / peak if peak else 1.0)
        share = (step - peak) / max(1, steps - 1 - peak)
        return _between(1.0, start / self.final_div_factor, share)


def _between(first: float, last: float, share: float) -> float:
    """Go from `first` to `last` along half a cosine."""
    return last + (first - last) * (1 + math.cos(math.pi * share)) / 2

"""A learning rate that falls along half a cosine."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnspec.catalog import kind
from nnspec.params import param


@kind("Schedule")
@dataclass(frozen=True, slots=True)
class Cosine:
    """Warms up, then lowers the learning rate gently to almost 0 along half a cosine."""

    warmup: float = param(
        0.0, low=0, below=1, help="Share of all steps in which the rate rises from 0."
    )
    final: float = param(
        0.0,
        low=0,
        high=1,
        help="Share of the learning rate that is left at the end.",
        advanced=True,
    )

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """What the learning rate is multiplied by at `step` (from 0) of `steps`."""
        rising = round(self.warmup * steps)
        if step < rising:
            return (step + 1) / rising
        share = (step - rising) / max(1, steps - rising)
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * share)) / 2

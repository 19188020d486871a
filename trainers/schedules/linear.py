"""A learning rate that falls along a line."""

from __future__ import annotations

from dataclasses import dataclass

from nnspec.catalog import kind
from nnspec.params import param


@kind("Schedule")
@dataclass(frozen=True, slots=True)
class Linear:
    """Warms up, then lowers the learning rate evenly to almost 0."""

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
        return 1 - (1 - self.final) * share

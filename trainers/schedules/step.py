"""A learning rate that drops every few epochs."""

from __future__ import annotations

from dataclasses import dataclass

from nnspec.catalog import kind
from nnspec.params import param


@kind("Schedule")
@dataclass(frozen=True, slots=True)
class Step:
    """Multiplies the learning rate by gamma every few epochs."""

    step_size: int = param(10, low=1, help="After how many epochs the rate drops.")
    gamma: float = param(0.1, above=0, high=1, help="What the rate is multiplied by then.")

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """What the learning rate is multiplied by at `step` (from 0) of `steps`."""
        return self.gamma ** (step // steps_per_epoch // self.step_size)

"""A learning rate that shrinks by the same share every epoch."""

from __future__ import annotations

from dataclasses import dataclass

from nnspec.catalog import kind
from nnspec.params import param


@kind("Schedule")
@dataclass(frozen=True, slots=True)
class Exponential:
    """Multiplies the learning rate by gamma every epoch."""

    gamma: float = param(0.95, above=0, high=1, help="What the rate is multiplied by every epoch.")

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """What the learning rate is multiplied by at `step` (from 0) of `steps`."""
        return self.gamma ** (step // steps_per_epoch)

"""A learning rate that stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

from nnspec.catalog import kind


@kind("Schedule")
@dataclass(frozen=True, slots=True)
class Constant:
    """Keeps the learning rate as it is."""

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """What the learning rate is multiplied by at `step` (from 0) of `steps`."""
        return 1.0

"""Everything a training needs, decided before its first step.

A plan is made from a checked spec and prepared data. After it nothing is chosen any more: the loop
only does what the plan says, so the same plan gives the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nnspec.spec import Train
from trainers.batches import Pixels
from trainers.targets import Metric, Target

if TYPE_CHECKING:
    from torch import nn


class Part(Protocol):
    """Rows of one part as arrays."""

    @property
    def inputs(self) -> Mapping[str, np.ndarray]: ...
    @property
    def targets(self) -> Mapping[str, np.ndarray]: ...
    @property
    def rows(self) -> np.ndarray: ...


def unchanged(outputs: np.ndarray) -> np.ndarray:
    """The way back for a target that was not scaled."""
    return outputs


@dataclass(frozen=True, slots=True)
class Plan:
    """One training, fully decided.

    Attributes:
        run: the run folder, as events name it.
        network: builds the network on the CPU, drawing weights from torch's generator.
        parts: "train", "validation" and "test"; an empty part is left out.
        train: with every kind chosen.
        seed, threads, device: what the same weights need again.
        parameters: trainable numbers.
        pixels: how to scale inputs that are stored as bytes.
        restore: turns outputs back into the target's unit.
    """

    network: Callable[[], nn.Module]
    parts: Mapping[str, Part]
    target: Target
    train: Train
    seed: int
    device: str = "cpu"
    threads: int = 1
    parameters: int = 0
    run: str = ""
    pixels: Mapping[str, Pixels] = field(default_factory=dict[str, Pixels])
    restore: Callable[[np.ndarray], np.ndarray] = unchanged
    fingerprint: Mapping[str, str] = field(default_factory=dict[str, str])

    def made(self, name: str) -> Any:
        """The optimizer, schedule or loss chosen."""
        choice = getattr(self.train, name)
        assert choice is not None, f"the plan has no {name}"
        return choice.made

    @property
    def metrics(self) -> dict[str, Metric]:
        """The metrics chosen, by name."""
        return {choice.kind.name: choice.made for choice in self.train.metrics or ()}

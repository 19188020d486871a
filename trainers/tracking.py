"""Which epoch was best, and when to stop early.

A small state that a checkpoint holds as JSON, so that a resumed run decides as it would have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from nnspec.section_settings import EarlyStopping
from nnspec.spec import Train
from trainers.defaults import better


@dataclass(slots=True)
class Tracker:
    """Follows one number over the epochs.

    Attributes:
        monitor: the number; None where the newest epoch counts as the best.
        sign: 1 where less is better, -1 where more is.
        best_epoch: counted from 1; None before the first epoch was judged.
        metrics: everything measured in that epoch.
        mark: the value that early stopping last counted as progress.
        waited: epochs without progress since.
    """

    monitor: str | None
    sign: int
    stopping: EarlyStopping | None
    best: float | None = None
    best_epoch: int | None = None
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])
    mark: float | None = None
    waited: int = 0

    @classmethod
    def of(cls, train: Train, *, validated: bool) -> Self:
        """Follow what early stopping watches, else the loss.

        Of steps that work against each other no loss says which epoch is best: the last is kept.
        """
        if len(train.steps) > 1 and train.early_stopping is None:
            return cls(None, 1, None)
        usual = "val_loss" if validated else "train_loss"
        monitor = train.early_stopping.monitor if train.early_stopping else usual
        return cls(monitor, -1 if better(train, monitor) == "max" else 1, train.early_stopping)

    def see(self, epoch: int, metrics: Mapping[str, float]) -> bool:
        """Take note of an epoch; whether it is the best so far."""
        if self.monitor is None:
            self.best_epoch, self.metrics = epoch, dict(metrics)
            return True
        measured = metrics.get(self.monitor)
        value = None if measured is None else self.sign * measured
        self._wait(value)
        if value is None or (self.best is not None and value >= self.best):
            return False
        self.best, self.best_epoch, self.metrics = value, epoch, dict(metrics)
        return True

    def _wait(self, value: float | None) -> None:
        least = self.stopping.min_delta if self.stopping else 0.0
        if value is not None and (self.mark is None or value < self.mark - least):
            self.mark, self.waited = value, 0
        else:
            self.waited += 1

    @property
    def exhausted(self) -> bool:
        """Whether patience has run out."""
        return self.stopping is not None and self.waited >= self.stopping.patience

    def to_json(self) -> dict[str, Any]:
        """What changes while training."""
        names = ("best", "best_epoch", "metrics", "mark", "waited")
        return {name: value for name, value in asdict(self).items() if name in names}

    def take(self, kept: Mapping[str, Any]) -> None:
        """Take up what `to_json` returned."""
        for name, value in kept.items():
            setattr(self, name, value)

"""What a network is asked for, and how its answers compare with the truth.

`Target` is what losses, metrics and defaults need to know of the target column. `Classified` and
`Regressed` hold the answers for all rows of a part beside the truth; every metric is computed from
one of them, over all rows at once, never as a mean over batches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, TypeAlias

from nnspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor
    from torchmetrics import Metric as Counter

    from trainers.texts import Array

Task: TypeAlias = Literal["classification", "regression"]


@dataclass(frozen=True, slots=True)
class Target:
    """A column to predict.

    Attributes:
        name: the column's name.
        shape: what the network answers: one number a class, or 1; more axes for positions, pixels.
        labels: the classes in the order of the outputs; () for a number.
        counts: how many training rows each class has; () for a number.
    """

    name: str
    task: Task
    shape: Shape
    labels: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Classified:
    """Answers and truth of a classification, for all rows.

    Attributes:
        probabilities: rows x classes, float32.
        predicted, actual: class numbers, int64.
        confusion: classes x classes counts, int64; a row of it is a true class.
    """

    probabilities: Tensor
    predicted: Tensor
    actual: Tensor
    confusion: Tensor

    @property
    def classes(self) -> int:
        """How many there are, those without rows included."""
        return len(self.confusion)

    def score(self, counter: Counter) -> float:
        """What a metric of torchmetrics makes of all rows at once.

        Its counts are kept in float64, because it divides whole numbers in float32.
        """
        import torch

        counter.to(self.actual.device).set_dtype(torch.float64)
        return counter(self.predicted, self.actual).item()


@dataclass(frozen=True, slots=True)
class Regressed:
    """Answers and truth of a regression in the target's own unit, for all rows, float64."""

    predicted: Tensor
    actual: Tensor


Outcome: TypeAlias = Classified | Regressed


class Loss(Protocol):
    """What every loss kind offers.

    `tasks` are those of a target whose loss it may be; () where it only suits formulas. `takes`
    names the formulas it needs, of and against where it does not say.
    """

    tasks: ClassVar[tuple[Task, ...]]

    def build(self, target: Target | None, device: str) -> Callable[..., Tensor]:
        """The function of (outputs, targets), or of what it takes, that gives the mean loss.

        Classes of positions and pixels stand second, as in PyTorch; a number stands for a tensor
        of it. `target` is None where the truth is no target of the data.
        """
        ...


class Metric(Protocol):
    """What every metric kind offers. `unit` is "" for a share, "target" for the target's unit."""

    tasks: ClassVar[tuple[Task, ...]]
    unit: ClassVar[str]
    better: ClassVar[Literal["max", "min"]]

    def measure(self, outcome: Outcome) -> float | None:
        """The number, or None where it is not defined (one class only, say)."""
        ...


class Optimizer(Protocol):
    """What every optimiser kind offers."""

    @property
    def lr(self) -> float:
        """The learning rate before the schedule."""
        ...

    def slots(self, parameters: list[Tensor]) -> dict[str, list[Tensor]]:
        """The tensors it remembers between steps, by name, one for each parameter."""
        ...

    def update(
        self,
        parameters: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        lr: float,
    ) -> None:
        """Do one step in place."""
        ...


class Schedule(Protocol):
    """What every schedule kind offers."""

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:
        """What the learning rate is multiplied by at `step` (from 0) of `steps`."""
        ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """How good a network is on one part: the loss, the metrics, and counts for classes.

    With several targets a metric is named after its target and itself. `confusions` holds the
    classes x classes counts of each target that has classes.
    """

    rows: int
    loss: float
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])
    confusions: Mapping[str, Array] = field(default_factory=dict[str, "Array"])

    @property
    def confusion(self) -> Array | None:
        """The counts of the first target that has classes."""
        return next(iter(self.confusions.values()), None)

    def named(self, prefix: str) -> dict[str, float]:
        """Loss and metrics under `prefix_name`, as events carry them."""
        return {
            f"{prefix}_{name}": value for name, value in {"loss": self.loss, **self.metrics}.items()
        }

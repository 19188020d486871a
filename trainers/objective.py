"""What training makes small: the steps of a plan, each a function of a batch.

Without `losses:` or `steps:` there is one step: the sum of the losses of all targets, each of its
answer against the truth. It takes the shortest path there is, for most trainings are that.
"""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import torch
from torch import Tensor, nn

from nnspec.formulas import Formula, Name, constant
from nnspec.section_settings import When
from nnspec.spec import Step, Term, Train
from trainers.batches import Batch
from trainers.defaults import step_names
from trainers.formula_functions import aligned
from trainers.formula_values import Value, Values, compiled, penalties, slopes, with_slope
from trainers.targets import Loss, Target

LossFunction: TypeAlias = Callable[..., Tensor]


class Objective(Protocol):
    """One thing to make small. `slopes` are names that derivatives are taken by."""

    slopes: frozenset[str]

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """The mean over the rows of a batch, in an epoch counted from 1."""
        ...


@dataclass(frozen=True, slots=True)
class ObjectiveStep:
    """One update of a plan, ready to be taken.

    Attributes:
        name: of the models it updates; "" where it is the only step.
        update: the models it updates; () for all.
        optimizer, schedule: the kinds with their settings.
    """

    name: str
    update: tuple[str, ...]
    optimizer: Any
    schedule: Any
    when: When
    objective: Objective


class Supervised:
    """The sum of the losses of all targets."""

    slopes: frozenset[str] = frozenset()

    def __init__(self, network: nn.Module, losses: Mapping[str, LossFunction]) -> None:
        self._network, self.losses = network, losses
        self._penalizing = penalizing(network)

    def loss(self, batch: Batch, epoch: int) -> Tensor:  # noqa: ARG002
        """The mean over the rows of a batch."""
        answers: dict[str, Tensor] = self._network(batch.inputs)
        if batch.chosen is not None:
            answers = {name: answers[name][batch.chosen] for name in self.losses}
        loss = total_loss(answers, batch.targets, self.losses)
        asked = penalties(self._penalizing) if self._penalizing else []
        return torch.stack([loss, *asked]).sum() if asked else loss


class Written:
    """The losses of formulas that a step of the spec writes."""

    def __init__(self, step: Step, network: nn.Module, targets: Sequence[Target], device: str):
        known = {target.name: target for target in targets}
        self._network = network
        self._lets = {let.name: compiled(let.formula) for let in step.let}
        self._terms = [_Term(term, known, device) for term in step.losses]
        formulas = [let.formula for let in step.let]
        formulas += [part for term in step.losses for part in term.arguments.values()]
        self.slopes = frozenset[str]().union(*(slopes(formula) for formula in formulas))
        self._penalizing = penalizing(network)

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """The weighted sum of all terms, with what modules ask for while they train."""
        values = self._values(batch, epoch)
        parts = [term(values, batch.chosen) for term in self._terms]
        if not parts:
            values.run()
        parts += values.penalties
        if not parts:
            return torch.zeros((), device=values.device)
        return parts[0] if len(parts) == 1 else torch.stack(parts).sum()

    def _values(self, batch: Batch, epoch: int) -> Values:
        data = {**batch.inputs, **_everywhere(batch)}
        for name in self.slopes & data.keys():
            data[name] = with_slope(data[name])
        return Values(
            self._network,
            data,
            tuple(batch.inputs),
            batch.rows if batch.chosen is None else len(next(iter(batch.inputs.values()))),
            epoch,
            self._lets,
            self.slopes,
            self._penalizing,
        )


class _Term:
    """One weighted loss."""

    def __init__(self, term: Term, targets: Mapping[str, Target], device: str) -> None:
        truth = term.arguments.get("against")
        target = targets.get(truth.name) if isinstance(truth, Name) else None
        loss: Loss = term.loss.made
        self._loss = loss.build(target, device)
        self._arguments = [compiled(formula) for formula in term.arguments.values()]
        self._weight = None if constant(term.weight) == 1 else compiled(term.weight)

    def __call__(self, values: Values, chosen: Tensor | None) -> Tensor:
        given: list[Value] = [argument(values) for argument in self._arguments]
        if chosen is not None:
            given = [x[chosen] if isinstance(x, Tensor) else x for x in given]
        loss = self._loss(*_meeting(given))
        if self._weight is None:
            return loss
        weight = self._weight(values)
        return loss * (weight.mean() if isinstance(weight, Tensor) else weight)


def compile_objective(
    train: Train, network: nn.Module, targets: Sequence[Target], device: str
) -> tuple[ObjectiveStep, ...]:
    """Make the steps of a resolved `train:` section, in the order in which they are taken."""
    chosen = (train.optimizer, train.schedule)
    if not train.steps:
        losses = {name: choice.made for name, choice in train.target_losses.items()}
        objective = Supervised(network, built_losses(losses, targets, device))
        optimizer, schedule = (choice and choice.made for choice in chosen)
        return (ObjectiveStep("", (), optimizer, schedule, When(), objective),)
    steps: list[ObjectiveStep] = []
    for step, name in zip(train.steps, step_names(train.steps), strict=True):
        written = Written(step, network, targets, device)
        optimizer, schedule = (
            choice and choice.made
            for choice in (step.optimizer or train.optimizer, step.schedule or train.schedule)
        )
        update = tuple(reference.name for reference in step.update)
        steps.append(ObjectiveStep(name, update, optimizer, schedule, step.when, written))
    return tuple(steps)


def built_losses(
    losses: Mapping[str, Loss], targets: Sequence[Target], device: str
) -> dict[str, LossFunction]:
    """The loss functions of the targets, by target."""
    return {target.name: losses[target.name].build(target, device) for target in targets}


def total_loss(
    answers: Mapping[str, Tensor],
    targets: Mapping[str, Tensor],
    losses: Mapping[str, LossFunction],
) -> Tensor:
    """The sum of the losses of all targets."""
    terms = [loss(matching(answers[n], targets[n]), targets[n]) for n, loss in losses.items()]
    return terms[0] if len(terms) == 1 else torch.stack(terms).sum()


def matching(answers: Tensor, targets: Tensor) -> Tensor:
    """Give answers of numbers the shape of their targets, so that nothing is broadcast.

    The classes of positions come last in a network and second in a loss.
    """
    if targets.is_floating_point():
        return answers.reshape(targets.shape) if answers.numel() == targets.numel() else answers
    return answers.movedim(-1, 1) if answers.dim() == 3 else answers


def penalizing(network: nn.Module) -> tuple[nn.Module, ...]:
    """Modules that may ask for something beyond the losses while they train."""
    return tuple(module for module in network.modules() if hasattr(module, "penalty"))


def value_of(formula: Formula, values: Values) -> Tensor:
    """Work a single formula out, as for a preview."""
    return values.tensor(compiled(formula)(values))


def _meeting(given: list[Value]) -> list[Tensor]:
    """What a loss takes: tensors of one shape where real numbers meet, classes second."""
    first = next((x for x in given if isinstance(x, Tensor)), None)
    whole = [x if isinstance(x, Tensor) else _filled(first, x) for x in given]
    if len(whole) != 2:
        return whole
    of, against = whole
    if not against.is_floating_point():
        positions = of.dim() == 3 and against.dim() == 2
        return [of.movedim(-1, 1) if positions else of, against]
    if of.numel() == against.numel():
        return [of, against.reshape(of.shape)]
    return list(aligned(of, against))


def _filled(like: Tensor | None, number: float) -> Tensor:
    return torch.tensor(number) if like is None else torch.full_like(like, number).float()


def _everywhere(batch: Batch) -> Mapping[str, Tensor]:
    """Targets for every row of the data; where only some are judged, the rest is empty."""
    if batch.chosen is None:
        return batch.targets
    rows = len(next(iter(batch.inputs.values())))
    spread: dict[str, Tensor] = {}
    for name, target in batch.targets.items():
        empty = target.new_zeros((rows, *target.shape[1:]))
        spread[name] = empty.index_copy(0, batch.chosen, target)
    return spread

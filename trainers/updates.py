"""One update of a training: its parameters, its optimiser with all it remembers, its schedule."""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from nnspec.build import Networks
from trainers.objective import ObjectiveStep
from trainers.targets import Optimizer, Schedule


@dataclass(frozen=True, slots=True)
class Place:
    """Where a training is: batches done, of how many, how many an epoch has; epochs from 0."""

    step: int
    steps: int
    steps_per_epoch: int
    epoch: int


class Update:
    """Changes the parameters that one step of the objective updates."""

    def __init__(self, step: ObjectiveStep, network: nn.Module, clip: float | None) -> None:
        self.step = step
        trained = {n: p for n, p in updated(network, step.update) if p.requires_grad}
        self._names, self._parameters = list(trained), list[Tensor](trained.values())
        self._optimizer: Optimizer = step.optimizer
        self._schedule: Schedule = step.schedule
        self._slots = self._optimizer.slots(self._parameters) if trained else {}
        self._clip, self._bound = clip, step.when.clip_weights
        self._all = len(trained) == sum(p.requires_grad for p in network.parameters())

    def is_due(self, at: Place) -> bool:
        """Whether it is taken for the batch at a place."""
        when, epoch = self.step.when, at.epoch + 1
        if when.every > 1 and (at.step + 1) % when.every:
            return False
        return when.first_epoch <= epoch <= (when.last_epoch or epoch)

    def lr(self, at: Place) -> float:
        """The learning rate at a place, as the schedule has it."""
        factor = self._schedule.factor(at.step, at.steps, at.steps_per_epoch)
        return self._optimizer.lr * factor

    def take(self, loss: Tensor, lr: float) -> None:
        """Make a loss smaller; one that no parameter moves changes nothing."""
        if not loss.requires_grad or not self._parameters:
            return
        gradients = self._gradients(loss)
        with torch.no_grad():
            self._optimizer.update(self._parameters, gradients, self._slots, lr)
            if self._bound is not None:
                for parameter in self._parameters:
                    parameter.clamp_(-self._bound, self._bound)
        for parameter in self._parameters:
            parameter.grad = None

    def _gradients(self, loss: Tensor) -> list[Tensor]:
        if self._all:
            loss.backward()
        else:  # what other steps update is left alone
            loss.backward(inputs=self._parameters)
        if self._clip is not None:
            clip_grad_norm_(self._parameters, self._clip)
        return [_gradient(parameter) for parameter in self._parameters]

    def memory(self) -> Iterator[tuple[str, Tensor]]:
        """All that the optimiser remembers, by names that a checkpoint keeps."""
        prefix = f"optimizer.{self.step.name}." if self.step.name else "optimizer."
        for slot, tensors in self._slots.items():
            for name, tensor in zip(self._names, tensors, strict=False):
                yield f"{prefix}{slot}.{name}", tensor


def updated(network: nn.Module, models: tuple[str, ...]) -> Iterator[tuple[str, Tensor]]:
    """The parameters of some of the models by their names in the network; () for all."""
    if not models or not isinstance(network, Networks):
        yield from network.named_parameters()
        return
    chosen = {id(p) for model in models for p in network[model].parameters()}
    for name, parameter in network.named_parameters():
        if id(parameter) in chosen:
            yield name, parameter


def _gradient(parameter: Tensor) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad

"""A network that learns: the steps of training, and everything a checkpoint needs of it.

A step does not wait for the device. On a processor the loss is looked at before the weights are
touched, so a loss that is no number never reaches them; on an accelerator losses add up there and
are looked at whenever somebody asks: ten times a second, and at the end of an epoch.
"""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from trainers.batches import Batch
from trainers.objective import compile_objective
from trainers.plan import Plan
from trainers.updates import Place, Update

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


class Learner:
    """Network, objective and optimisers on their device."""

    def __init__(self, plan: Plan) -> None:
        """Build everything with fresh weights drawn from the plan's seed."""
        torch.manual_seed(plan.seed)
        self.device = plan.device
        self.network = network_on(plan.network(), plan.device)
        self.channels_last = is_convolutional(self.network)
        self.meter = meter_on(plan.device)
        self.steps = compile_objective(plan.train, self.network, plan.targets, plan.device)
        clip = plan.train.settings.clip_gradient_norm
        self._updates = [Update(step, self.network, clip) for step in self.steps]
        self.step_meters = {
            step.name: StepMeter(plan.device) for step in self.steps if len(self.steps) > 1
        }

    def lr(self, at: Place) -> float:
        """The learning rate of the first update at a place of the training."""
        return self._updates[0].lr(at)

    def learn(self, batch: Batch, at: Place) -> bool:
        """Take every step; False when a loss is not a finite number, and then it changed nothing.

        Of several steps those before it have changed what they update.
        """
        for update in self._updates:
            if not update.is_due(at):
                continue
            for _ in range(update.step.when.times):
                loss = update.step.objective.loss(batch, at.epoch + 1)
                if not self._note(update, loss, batch.rows):
                    return False
                update.take(loss, update.lr(at))
        return True

    def _note(self, update: Update, loss: Tensor, rows: int) -> bool:
        if self.step_meters:
            self.step_meters[update.step.name].add(loss, rows)
            loss = loss / update.step.when.times
        return self.meter.add(loss, rows)

    def has_batch_norm(self) -> bool:
        """Whether a batch of one row would be refused."""
        return any(isinstance(m, _BATCH_NORMS) for m in self.network.modules())

    def weights(self) -> dict[str, Tensor]:
        """A copy of the state dict."""
        return {name: tensor.detach().clone() for name, tensor in self.network.state_dict().items()}

    def use(self, weights: Mapping[str, Tensor]) -> None:
        """Put `weights` into the network."""
        self.network.load_state_dict(dict(weights))

    def memory(self) -> dict[str, Tensor]:
        """Copies of all tensors besides the weights: the optimisers' and the generators'."""
        kept = {
            name: tensor.detach().clone()
            for update in self._updates
            for name, tensor in update.memory()
        }
        kept["random.cpu"] = torch.get_rng_state()
        if self.device == "cuda":
            kept["random.cuda"] = torch.cuda.get_rng_state()
        return kept

    def recall(self, kept: Mapping[str, Tensor]) -> None:
        """Take up what `memory` returned."""
        with torch.no_grad():
            for update in self._updates:
                for name, tensor in update.memory():
                    tensor.copy_(kept[name])
        torch.set_rng_state(kept["random.cpu"].cpu())
        if self.device == "cuda" and "random.cuda" in kept:
            torch.cuda.set_rng_state(kept["random.cuda"].cpu())

    def step_losses(self) -> dict[str, float]:
        """The mean loss of each of several steps since the epoch began, by its name."""
        read = {name: meter.mean() for name, meter in self.step_meters.items()}
        return {f"{name}_loss": mean for name, mean in read.items() if mean is not None}

    def reset(self) -> None:
        """Begin an epoch."""
        self.meter.reset()
        for meter in self.step_meters.values():
            meter.reset()


class HostMeter:
    """Adds losses up in memory; looking at each costs nothing where it was computed."""

    def __init__(self) -> None:
        self.total = 0.0
        self.finite = True

    def add(self, loss: Tensor, rows: int) -> bool:
        """Count the mean loss of a batch; False when it is not a finite number."""
        value = loss.item()
        self.finite = math.isfinite(value)
        if self.finite:
            self.total += value * rows
        return self.finite

    def read(self) -> float:
        """The sum of the losses of all rows."""
        return self.total

    def reset(self, total: float = 0.0) -> None:
        """Begin again at `total`."""
        self.total = total


class StepMeter:
    """The mean loss of one of several steps."""

    def __init__(self, device: str) -> None:
        self._sum = meter_on(device)
        self._rows = 0

    def add(self, loss: Tensor, rows: int) -> None:
        """Count the mean loss of a batch."""
        self._sum.add(loss, rows)
        self._rows += rows

    def mean(self) -> float | None:
        """The mean over all rows; None before there was one."""
        return self._sum.read() / self._rows if self._rows else None

    def reset(self, total: float = 0.0, rows: int = 0) -> None:
        """Begin again."""
        self._sum.reset(total)
        self._rows = rows

    def state(self) -> tuple[float, int]:
        """What `reset` goes on from."""
        return self._sum.read(), self._rows


def meter_on(device: str) -> HostMeter | DeviceMeter:
    """The meter that costs least on a device."""
    return HostMeter() if device == "cpu" else DeviceMeter(device)


class DeviceMeter:
    """Adds losses up on an accelerator, which need not be waited for."""

    def __init__(self, device: str) -> None:
        dtype = torch.float32 if device == "mps" else torch.float64
        self._total = torch.zeros((), dtype=dtype, device=device)

    def add(self, loss: Tensor, rows: int) -> bool:
        """Count the mean loss of a batch."""
        self._total.add_(loss.detach(), alpha=rows)
        return True

    @property
    def finite(self) -> bool:
        """Whether every loss so far was a finite number; waits for the device."""
        return math.isfinite(self.read())

    def read(self) -> float:
        """The sum of the losses of all rows; waits for the device."""
        return self._total.item()

    def reset(self, total: float = 0.0) -> None:
        """Begin again at `total`."""
        self._total.fill_(total)


def network_on(network: nn.Module, device: str) -> nn.Module:
    """Move a network to its device, in the layout that is quickest there."""
    moved = network.to(device)
    return _channels_last(moved) if is_convolutional(moved) else moved


def is_convolutional(network: nn.Module) -> bool:
    """Whether the network works on pictures by convolution."""
    return any(isinstance(module, nn.Conv2d) for module in network.modules())


def _channels_last(network: nn.Module) -> nn.Module:
    layout: dict[str, Any] = {"memory_format": torch.channels_last}
    return network.to(**layout)

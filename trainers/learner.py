"""A network that learns: one step of training, and everything a checkpoint needs of it.

A step does not wait for the device. On a processor the loss is looked at before the weights are
touched, so a loss that is no number never reaches them; on an accelerator losses add up there and
are looked at whenever somebody asks: ten times a second, and at the end of an epoch.
"""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from trainers.plan import Plan
from trainers.targets import Loss, Optimizer, Target

LossFunction: TypeAlias = Callable[[Tensor, Tensor], Tensor]

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


class Learner:
    """Network, loss and optimiser on their device."""

    def __init__(self, plan: Plan) -> None:
        """Build everything with fresh weights drawn from the plan's seed."""
        torch.manual_seed(plan.seed)
        self.device = plan.device
        self.network = network_on(plan.network(), plan.device)
        self.channels_last = is_convolutional(self.network)
        self.meter = HostMeter() if plan.device == "cpu" else DeviceMeter(plan.device)
        trained = {n: p for n, p in self.network.named_parameters() if p.requires_grad}
        self._names = list(trained)
        self._parameters: list[Tensor] = list(trained.values())
        self._optimizer: Optimizer = plan.made("optimizer")
        self._slots = self._optimizer.slots(self._parameters)
        self.losses = built_losses(plan.losses, plan.targets, plan.device)
        self._clip = plan.train.settings.clip_gradient_norm

    @property
    def lr(self) -> float:
        """The learning rate before the schedule."""
        return self._optimizer.lr

    def learn(
        self, inputs: dict[str, Tensor], targets: Mapping[str, Tensor], rows: int, lr: float
    ) -> bool:
        """Do one step; False when the loss is not a finite number, and then nothing was changed."""
        loss = total_loss(self.network(inputs), targets, self.losses)
        if not self.meter.add(loss, rows):
            return False
        loss.backward()
        if self._clip is not None:
            clip_grad_norm_(self._parameters, self._clip)
        gradients = [_gradient(p) for p in self._parameters]
        with torch.no_grad():
            self._optimizer.update(self._parameters, gradients, self._slots, lr)
        for parameter in self._parameters:
            parameter.grad = None
        return True

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
        """Copies of all tensors besides the weights: the optimiser's and the generators'."""
        kept = {
            f"optimizer.{slot}.{name}": tensor.detach().clone()
            for slot, tensors in self._slots.items()
            for name, tensor in zip(self._names, tensors, strict=False)
        }
        kept["random.cpu"] = torch.get_rng_state()
        if self.device == "cuda":
            kept["random.cuda"] = torch.cuda.get_rng_state()
        return kept

    def recall(self, kept: Mapping[str, Tensor]) -> None:
        """Take up what `memory` returned."""
        with torch.no_grad():
            for slot, tensors in self._slots.items():
                for name, tensor in zip(self._names, tensors, strict=False):
                    tensor.copy_(kept[f"optimizer.{slot}.{name}"])
        torch.set_rng_state(kept["random.cpu"].cpu())
        if self.device == "cuda" and "random.cuda" in kept:
            torch.cuda.set_rng_state(kept["random.cuda"].cpu())


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
        return answers.reshape(targets.shape)
    return answers.movedim(-1, 1) if answers.dim() == 3 else answers


def _channels_last(network: nn.Module) -> nn.Module:
    layout: dict[str, Any] = {"memory_format": torch.channels_last}
    return network.to(**layout)


def _gradient(parameter: Tensor) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad

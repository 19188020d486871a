"""The functions of formulas, done with torch: one for each entry of `nnspec.functions`.

Values have the batch as their first axis. What is random is drawn from torch's own generator, so a
training that goes on from a checkpoint draws what it would have drawn.
"""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Given:
    """What a function is called with.

    Attributes:
        rows: how many samples the batch has.
        device: where to draw new values.
        tensors: the values, batch first.
        constants: the numbers after them.
        options: the numbers given by name, with the defaults of the others; NaN for none.
    """

    rows: int
    device: torch.device
    tensors: Sequence[Tensor]
    constants: Sequence[int | float]
    options: Mapping[str, int | float]


Function: TypeAlias = Callable[[Given], Tensor]


def aligned(left: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Let two values meet at their last axis while the batch stays first: `B` becomes `B x 1`."""
    axes = max(left.dim(), right.dim())
    return _with_axes(left, axes), _with_axes(right, axes)


def _with_axes(x: Tensor, axes: int) -> Tensor:
    missing = axes - x.dim()
    return x.reshape(len(x), *[1] * missing, *x.shape[1:]) if missing else x


def _each(apply: Callable[[Tensor], Tensor]) -> Function:
    return lambda given: apply(_real(given.tensors[0]))


def _real(x: Tensor) -> Tensor:
    return x if x.is_floating_point() else x.float()


def _over(apply: Callable[[Tensor, int], Tensor]) -> Function:
    """Along the axis that is named, or over everything of each sample."""

    def reduced(given: Given) -> Tensor:
        x, axis = _real(given.tensors[0]), given.options["axis"]
        if not math.isnan(axis):
            return apply(x, int(axis))
        return apply(x.reshape(len(x), -1), 1)

    return reduced


def _along(apply: Callable[[Tensor, int], Tensor]) -> Function:
    return lambda given: apply(_real(given.tensors[0]), int(given.options["axis"]))


def _sizes(given: Given) -> tuple[int, ...]:
    return (given.rows, *(int(size) for size in given.constants))


def _normal(given: Given) -> Tensor:
    return torch.randn(_sizes(given), device=given.device)


def _uniform(given: Given) -> Tensor:
    low, high = given.options["low"], given.options["high"]
    return torch.rand(_sizes(given), device=given.device) * (high - low) + low


def _derivative(given: Given) -> Tensor:
    y, x = given.tensors
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(
        y.sum(), x, create_graph=True, allow_unused=True, materialize_grads=True
    )[0]


def _concat(given: Given) -> Tensor:
    return torch.cat([x[:, None] if x.dim() == 1 else x for x in given.tensors], dim=1)


def _slice(given: Given) -> Tensor:
    start, stop = (int(place) for place in given.constants)
    return given.tensors[0][:, start:stop]


def _one_hot(given: Given) -> Tensor:
    classes = torch.arange(int(given.constants[0]), device=given.tensors[0].device)
    return (given.tensors[0][..., None] == classes).float()


def _shuffle(given: Given) -> Tensor:
    (x,) = given.tensors
    return x[torch.randperm(len(x), device=x.device)]


def _mix(given: Given) -> Tensor:
    a, b = given.tensors
    share = torch.rand((len(a), *[1] * (a.dim() - 1)), device=a.device)
    return a + share * (b - a)


def _noise(given: Given) -> Tensor:
    x = _real(given.tensors[0])
    return x + given.constants[0] * torch.randn_like(x)


def _mask(given: Given) -> Tensor:
    x = _real(given.tensors[0])
    return x * (torch.rand_like(x) >= given.constants[0])


def _clamp(given: Given) -> Tensor:
    low, high = given.constants
    return _real(given.tensors[0]).clamp(low, high)


def _norm(x: Tensor, axis: int) -> Tensor:
    return torch.linalg.vector_norm(x, dim=axis)  # pyright: ignore[reportUnknownVariableType]


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "normal": _normal,
        "uniform": _uniform,
        "stop_gradient": lambda given: given.tensors[0].detach(),
        "derivative": _derivative,
        "mean": _over(lambda x, axis: x.mean(axis)),
        "sum": _over(lambda x, axis: x.sum(axis)),
        "max": _over(lambda x, axis: x.amax(axis)),
        "min": _over(lambda x, axis: x.amin(axis)),
        "norm": _over(_norm),
        "abs": _each(torch.abs),
        "exp": _each(torch.exp),
        "log": _each(torch.log),
        "sqrt": _each(torch.sqrt),
        "square": _each(torch.square),
        "sin": _each(torch.sin),
        "cos": _each(torch.cos),
        "tanh": _each(torch.tanh),
        "sigmoid": _each(torch.sigmoid),
        "softplus": _each(functional.softplus),
        "relu": _each(torch.relu),
        "softmax": _along(lambda x, axis: x.softmax(axis)),
        "log_softmax": _along(lambda x, axis: x.log_softmax(axis)),
        "normalize": _along(lambda x, axis: functional.normalize(x, dim=axis)),
        "clamp": _clamp,
        "concat": _concat,
        "slice": _slice,
        "reshape": lambda given: given.tensors[0].reshape(_sizes(given)),
        "one_hot": _one_hot,
        "shuffle": _shuffle,
        "mix": _mix,
        "noise": _noise,
        "mask": _mask,
    }
)
"""Every function by its name."""

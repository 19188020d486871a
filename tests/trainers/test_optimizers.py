"""Optimisers step as PyTorch's own classes do."""

from typing import Any

import pytest
import torch

from tests.trainers.small_plans import CATALOG


@pytest.mark.parametrize(
    ("name", "settings", "reference"),
    [
        ("sgd", {"lr": 0.1, "momentum": 0.0}, lambda p: torch.optim.SGD(p, 0.1)),
        ("sgd", {"lr": 0.1}, lambda p: torch.optim.SGD(p, 0.1, momentum=0.9)),
        (
            "sgd",
            {"lr": 0.1, "nesterov": True, "weight_decay": 0.1},
            lambda p: torch.optim.SGD(p, 0.1, 0.9, weight_decay=0.1, nesterov=True),
        ),
        ("adam", {"weight_decay": 0.1}, lambda p: torch.optim.Adam(p, weight_decay=0.1)),
        ("adamw", {"betas": (0.8, 0.99)}, lambda p: torch.optim.AdamW(p, betas=(0.8, 0.99))),
        ("rmsprop", {}, torch.optim.RMSprop),
        (
            "rmsprop",
            {"momentum": 0.5, "weight_decay": 0.1},
            lambda p: torch.optim.RMSprop(p, momentum=0.5, weight_decay=0.1),
        ),
    ],
)
def test_as_pytorch(name: str, settings: dict[str, Any], reference: Any) -> None:
    kind = CATALOG.get("optimizer", name)
    assert kind is not None
    ours = kind.make(**settings)
    random = torch.Generator().manual_seed(0)
    first = [torch.randn(4, 3, generator=random), torch.randn(7, generator=random)]
    mine = [value.clone() for value in first]
    theirs = [torch.nn.Parameter(value.clone()) for value in first]
    slots, other = ours.slots(mine), reference(theirs)
    for _ in range(20):
        gradients = [torch.randn(value.shape, generator=random) for value in first]
        ours.update(mine, gradients, slots, ours.lr)
        for parameter, gradient in zip(theirs, gradients, strict=True):
            parameter.grad = gradient.clone()
        other.step()
    for got, wanted in zip(mine, theirs, strict=True):
        torch.testing.assert_close(got, wanted.detach(), rtol=1e-5, atol=1e-6)

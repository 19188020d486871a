"""Schedules are PyTorch's, as pure functions of the step."""

import math
from typing import Any

import pytest
import torch
from torch.optim import SGD
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    ExponentialLR,
    LRScheduler,
    OneCycleLR,
    StepLR,
)

from tests.trainers.small_plans import CATALOG

STEPS, PER_EPOCH = 60, 10


def factors(name: str, **settings: Any) -> list[float]:
    kind = CATALOG.get("schedule", name)
    assert kind is not None
    made = kind.make(**settings)
    return [made.factor(step, STEPS, PER_EPOCH) for step in range(STEPS)]


def pytorch(make: Any, every: int) -> list[float]:
    optimizer = SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule: LRScheduler = make(optimizer)
    rates: list[float] = []
    for step in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if (step + 1) % every == 0 and step + 1 < STEPS:
            schedule.step()
    return rates


@pytest.mark.parametrize(
    ("name", "settings", "make", "every"),
    [
        ("cosine", {}, lambda o: CosineAnnealingLR(o, STEPS), 1),
        ("exponential", {"gamma": 0.8}, lambda o: ExponentialLR(o, 0.8), PER_EPOCH),
        ("step", {"step_size": 2, "gamma": 0.5}, lambda o: StepLR(o, 2, 0.5), PER_EPOCH),
        ("one_cycle", {}, lambda o: OneCycleLR(o, 1.0, STEPS, cycle_momentum=False), 1),
        (
            "one_cycle",
            {"pct_start": 0.1, "div_factor": 10.0},
            lambda o: OneCycleLR(
                o, 1.0, STEPS, pct_start=0.1, div_factor=10.0, cycle_momentum=False
            ),
            1,
        ),
    ],
)
def test_as_pytorch(name: str, settings: Any, make: Any, every: int) -> None:
    assert factors(name, **settings) == pytest.approx(pytorch(make, every), abs=1e-9)


def test_constant_is_one() -> None:
    assert set(factors("constant")) == {1.0}


@pytest.mark.parametrize("name", ["cosine", "linear"])
def test_warmup_rises_evenly_to_the_rate_and_the_end_is_near_what_is_left(name: str) -> None:
    rates = factors(name, warmup=0.2, final=0.1)
    assert rates[:12] == pytest.approx([(step + 1) / 12 for step in range(12)])
    assert max(rates) == 1.0
    assert rates[12:] == sorted(rates[12:], reverse=True)
    assert 0.1 <= rates[-1] < 0.13


@pytest.mark.parametrize("name", CATALOG.names("schedule"))
@pytest.mark.parametrize(("steps", "per_epoch"), [(1, 1), (2, 1), (7, 3), (1_000_000, 1000)])
def test_any_length_gives_a_usable_rate(name: str, steps: int, per_epoch: int) -> None:
    kind = CATALOG.get("schedule", name)
    assert kind is not None
    for step in {0, steps // 2, steps - 1}:
        factor = kind.make().factor(step, steps, per_epoch)
        assert math.isfinite(factor)
        assert 0 <= factor <= 1

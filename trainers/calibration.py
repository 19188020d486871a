"""Measures how fast this machine trains, in less than a second, and learns from every run.

Done by the worker when a training has finished, so that nobody waits for it.
"""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw

from trainers.devices import exact
from trainers.events import EpochEnded, Event, RunEnded
from trainers.plan import Plan
from trainers.speed import Speed, keep_speed, kept_speed, ordinary

PATIENCE: Final = 0.1
"""Seconds that each measurement may take."""


def learned_from(plan: Plan, events: Iterator[Event]) -> Iterator[Event]:
    """Pass the events of a training on; when it has finished, note how long its epochs took."""
    seconds: list[float] = []
    finished = False
    for event in events:
        if isinstance(event, EpochEnded):
            seconds.append(event.seconds)
        finished = isinstance(event, RunEnded) and event.status == "finished"
        yield event
    if finished and plan.forecast is not None:
        note(plan, seconds)


def note(plan: Plan, seconds: list[float]) -> None:
    """Measure the machine if nobody has, and correct what is known by a run.

    The quickest epoch but the first counts: the first warms up, and slow ones were disturbed.
    """
    known = kept_speed(plan.threads, plan.device)
    if known is None:
        known = measured_speed(plan.threads, plan.device)
    if plan.forecast is not None and len(seconds) > 1:
        parts = plan.forecast.demand.seconds(known)
        most = max(parts, key=lambda part: parts[part])
        known = known.corrected(most, sum(parts.values()), min(seconds[1:]))
    keep_speed(known, plan.threads, plan.device)


def measured_speed(threads: int, device: str = "cpu") -> Speed:
    """Train small things for a moment; the random numbers of the process are left as they were."""
    devices = [device] if device == "cuda" else []
    with exact(threads), torch.random.fork_rng(devices):
        call = _call(device)
        found = Speed(
            macs=_macs(device),
            convolution=_convolution(device),
            numbers=_numbers(device, call),
            call=call,
            update=_update(device),
            measured=True,
        )
    return found.near(ordinary(threads, device))


def _macs(device: str) -> float:
    layers = nn.Sequential(*(nn.Linear(256, 256) for _ in range(3))).to(device)
    x = torch.randn(128, 256, device=device, requires_grad=True)
    return 3 * 128 * 256 * 256 / _seconds(lambda: layers(x).sum().backward(), device)


def _convolution(device: str) -> float:
    layer = nn.Conv2d(16, 32, 3, padding=1).to(device)
    x = torch.randn(32, 16, 16, 16, device=device).to(memory_format=torch.channels_last)
    x.requires_grad_()
    macs = 32 * 32 * 16 * 16 * 16 * 9
    return macs / _seconds(lambda: layer(x).sum().backward(), device)


def _numbers(device: str, call: float) -> float:
    x = torch.randn(128, 1024, device=device, requires_grad=True)

    def run() -> None:
        y: Tensor = x
        for _ in range(4):
            y = torch.tanh(y) + x
        y.backward(x.detach())

    return 8 * x.numel() / max(_seconds(run, device) - 8 * call, 1e-9)


def _call(device: str) -> float:
    x = torch.randn(8, device=device, requires_grad=True)

    def run() -> None:
        y: Tensor = x
        for _ in range(32):
            y = y * x
        y.sum().backward()

    return _seconds(run, device) / 32


def _update(device: str) -> float:
    weights = [torch.randn(1 << 18, device=device) for _ in range(2)]
    slots = [[torch.zeros_like(w) for w in weights] for _ in range(3)]
    steps = [torch.zeros((), device=device) for _ in weights]

    def run() -> None:
        adamw(
            weights, slots[0], slots[1], slots[2], [], steps, fused=True, foreach=False,
            amsgrad=False, beta1=0.9, beta2=0.999, lr=1e-3, weight_decay=0.0, eps=1e-8,
            maximize=False,
        )  # fmt: skip

    with torch.no_grad():
        return _seconds(run, device) / (2 << 18)


def _seconds(run: Callable[[], object], device: str) -> float:
    """The least time of several, as many as patience allows: the others were disturbed.

    A single thread is timed by the processor's clock, which stands while others have the core.
    """
    alone = device == "cpu" and torch.get_num_threads() == 1
    clock = time.thread_time if alone else time.perf_counter
    run()
    _wait(device)
    least, until = PATIENCE, time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        began = clock()
        run()
        _wait(device)
        least = min(least, clock() - began)
    return max(least, 1e-9)


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()

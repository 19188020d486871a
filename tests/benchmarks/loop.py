"""The training loop beside the best loop one can write by hand, and beside the usual one.

    python -m tests.benchmarks.loop [rounds]

A table of 100,000 rows of 20 numbers and a network of two hidden layers, batches of 256, AdamW, one
thread. All three start from the same weights and see every row once an epoch; they take turns, and
the medians of their times are compared, because a shared machine is slow at odd moments.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from nnspec.spec import Train, Training
from tests.trainers.small_plans import CATALOG, About, Kept, Named, Wishes
from trainers.defaults import resolve_train
from trainers.fitted import Part
from trainers.loop import train
from trainers.plan import Plan
from trainers.targets import Target

ROWS, WIDTH, BATCH, EPOCHS = 100_000, 20, 256, 3
RESULTS = Path(__file__).with_name("RESULTS.md")

_random = np.random.default_rng(0)
FEATURES = _random.normal(size=(ROWS, WIDTH)).astype(np.float32)
CLASSES = (FEATURES[:, :5].sum(1) > 0).astype(np.int64)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(WIDTH, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2)
    )


def netwright() -> None:
    """Our loop, with its events, clock, wishes and NaN guard."""
    settings = Training(epochs=EPOCHS, batch_size=BATCH)
    part = Part({"features": FEATURES}, {"y": CLASSES}, np.arange(ROWS))
    plan = Plan(
        network=lambda: Named(network()),
        parts={"train": part},
        target=Target("y", "classification", 2, ("a", "b"), (1, 1)),
        train=resolve_train(Train(settings), About("classification"), CATALOG),
        seed=0,
    )
    for _ in train(plan, None, Wishes(), Kept()):
        pass


def by_hand() -> None:
    """Index batching from one shuffled copy an epoch, fused optimiser, no waiting."""
    model, loss_of = network(), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    x, y = torch.from_numpy(FEATURES), torch.from_numpy(CLASSES)
    for _ in range(EPOCHS):
        order = torch.randperm(ROWS)
        total = torch.zeros(())
        for features, classes in zip(x[order].split(BATCH), y[order].split(BATCH), strict=True):
            loss = loss_of(model(features), classes)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.detach()
        total.item()


def usual() -> None:
    """DataLoader over a TensorDataset, and `.item()` after every step."""
    model, loss_of = network(), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    rows = TensorDataset(torch.from_numpy(FEATURES), torch.from_numpy(CLASSES))
    loader = DataLoader(rows, batch_size=BATCH, shuffle=True)
    for _ in range(EPOCHS):
        total = 0.0
        for features, classes in loader:
            optimizer.zero_grad()
            loss = loss_of(model(features), classes)
            loss.backward()
            optimizer.step()
            total += loss.item()


def seconds(loop: Callable[[], None]) -> float:
    began = time.perf_counter()
    loop()
    return (time.perf_counter() - began) / EPOCHS


def main(rounds: int) -> str:
    """Measure and return the table."""
    torch.set_num_threads(1)
    loops = {"netwright": netwright, "best by hand": by_hand, "DataLoader + item": usual}
    taken: dict[str, list[float]] = {name: [] for name in loops}
    for each in range(rounds + 1):
        for name, loop in loops.items():
            measured = seconds(loop)
            if each:  # the first round warms up
                taken[name].append(measured)
    ours = statistics.median(taken["netwright"])
    lines = [
        "| loop | seconds per epoch, median (least) | netwright's time by this |",
        "|---|---|---|",
    ]
    for name, times in taken.items():
        middle = statistics.median(times)
        lines.append(f"| {name} | {middle:.3f} ({min(times):.3f}) | {ours / middle:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7))

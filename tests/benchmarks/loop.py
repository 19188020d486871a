"""The training loop beside the best loop one can write by hand, and beside the usual one.

    python -m tests.benchmarks.loop [rounds]

Two trainings: a table of 100,000 rows of 20 numbers through two hidden layers (batches of 256, one
thread), and 6,000 pictures of 28 x 28 through two convolutions (batches of 128, all cores). AdamW.
All three loops start from like weights and see every row once an epoch; they take turns, and the
medians of their times are compared, because a shared machine is slow at odd moments. Ours builds
its network from YAML, scales pictures from bytes, guards against NaN, asks for wishes and reports.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from nnspec.build import build
from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.shapes import Interface, Shape
from tests.trainers.small_plans import About, Kept, Wishes
from trainers.defaults import resolve_train
from trainers.fitted import Part, PixelScale
from trainers.loop import train
from trainers.plan import Plan
from trainers.targets import Target

TABLE = """
netwright: 1
data: {source: x.csv, target: y}
model: [{linear: 64}, relu, {linear: 64}, relu, {linear: auto}]
"""
PICTURES = """
netwright: 1
data: {source: x, target: y}
model:
  - conv2d: {out_channels: 16, kernel_size: 3}
  - relu
  - max_pool2d: 2
  - conv2d: {out_channels: 32, kernel_size: 3}
  - relu
  - max_pool2d: 2
  - flatten
  - linear: auto
"""


@dataclass(frozen=True)
class Case:
    """One training, for all three loops."""

    text: str
    given: str
    x: np.ndarray
    y: np.ndarray
    classes: int
    batch: int
    epochs: int
    threads: int
    network: Callable[[], nn.Module]

    def floats(self) -> Tensor:
        x = torch.from_numpy(self.x)
        if x.dtype != torch.uint8:
            return x
        return ((x - 100.0) / 50.0).contiguous(memory_format=torch.channels_last)


def table() -> Case:
    random = np.random.default_rng(0)
    x = random.normal(size=(100_000, 20)).astype(np.float32)
    y = (x[:, :5].sum(1) > 0).astype(np.int64)

    def network() -> nn.Module:
        hidden = (nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        return nn.Sequential(*hidden, nn.Linear(64, 2))

    return Case(TABLE, "features", x, y, 2, 256, 3, 1, network)


def pictures() -> Case:
    random = np.random.default_rng(0)
    y = random.integers(0, 10, 6000)
    x = np.clip(random.normal(100, 50, size=(6000, 1, 28, 28)) + y[:, None, None, None], 0, 255)

    def network() -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(32 * 49, 10),
        )  # fmt: skip

    cores = os.cpu_count() or 1
    return Case(PICTURES, "image", x.astype(np.uint8), y, 10, 128, 1, cores, network)


def netwright(case: Case) -> None:
    """Our loop, with its events, clock, wishes and NaN guard."""
    catalog = Catalog.discover()
    answer = Shape((case.classes,))
    offered = Interface({case.given: Shape(case.x.shape[1:])}, {"y": answer}, case.given)
    analysis = analyse(case.text, catalog, offered)
    settings = replace(analysis.spec.train.settings, epochs=case.epochs, batch_size=case.batch)
    wanted = resolve_train(analysis.spec.train, About({"y": "classification"}), catalog)
    labels = tuple(str(label) for label in range(case.classes))
    part = Part({case.given: case.x}, {"y": case.y}, np.arange(len(case.y)))
    plan = Plan(
        network=lambda: build(analysis.graph),
        parts={"train": part},
        targets=(Target("y", "classification", answer, labels, (1,) * case.classes),),
        train=replace(wanted, settings=settings),
        seed=0,
        threads=case.threads,
        pixel_scales={"image": PixelScale((100.0,), (50.0,))} if case.x.dtype == np.uint8 else {},
    )
    for _ in train(plan, None, Wishes(), Kept()):
        pass


def by_hand(case: Case) -> None:
    """Index batching from one shuffled copy an epoch, fused, channels-last, no waiting."""
    torch.manual_seed(0)
    layout = torch.channels_last if case.x.ndim == 4 else torch.preserve_format
    model, loss_of = case.network().to(memory_format=layout), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    x, y = case.floats(), torch.from_numpy(case.y)
    for _ in range(case.epochs):
        order = torch.randperm(len(y))
        total = torch.zeros(())
        batches = zip(x[order].split(case.batch), y[order].split(case.batch), strict=True)
        for features, classes in batches:
            loss = loss_of(model(features), classes)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.detach()
        total.item()


def usual(case: Case) -> None:
    """DataLoader over a TensorDataset, and `.item()` after every step."""
    torch.manual_seed(0)
    model, loss_of = case.network(), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    rows = TensorDataset(case.floats().contiguous(), torch.from_numpy(case.y))
    loader = DataLoader(rows, batch_size=case.batch, shuffle=True)
    for _ in range(case.epochs):
        total = 0.0
        for features, classes in loader:
            optimizer.zero_grad()
            loss = loss_of(model(features), classes)
            loss.backward()
            optimizer.step()
            total += loss.item()


LOOPS = {"netwright": netwright, "best by hand": by_hand, "DataLoader + item": usual}


def compare(case: Case, rounds: int) -> str:
    """Let the loops take turns and return a table of their times."""
    torch.set_num_threads(case.threads)
    taken: dict[str, list[float]] = {name: [] for name in LOOPS}
    for each in range(rounds + 1):
        for name, loop in LOOPS.items():
            began = time.perf_counter()
            loop(case)
            if each:  # the first round warms up
                taken[name].append((time.perf_counter() - began) / case.epochs)
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
    repeated = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    for title, made in {"table": table, "pictures": pictures}.items():
        print(f"{title}\n\n{compare(made(), repeated)}\n", flush=True)

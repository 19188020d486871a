"""Small plans over made data, with networks that use every kind of state there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from nnspec.catalog import Catalog
from nnspec.problems import Span
from nnspec.section_settings import EarlyStopping, Training
from nnspec.shapes import Interface, Shape
from nnspec.spec import Choice, Train
from trainers.checkpoints import Snapshot
from trainers.defaults import resolve_train
from trainers.events import CheckpointSaved, EpochEnded, Event, RunEnded
from trainers.fitted import Part, PixelScale
from trainers.loop import train
from trainers.plan import Plan
from trainers.targets import Target, Task

CATALOG = Catalog.discover(
    {
        "loss": "trainers.losses",
        "metric": "trainers.metrics",
        "optimizer": "trainers.optimizers",
        "schedule": "trainers.schedules",
    }
)


@dataclass(frozen=True)
class About:
    tasks: Mapping[str, Task]

    @property
    def interface(self) -> Interface:
        return Interface({}, {target: Shape((1,)) for target in self.tasks})


class Named(nn.Module):
    """A network as `nnspec.build` makes them: named inputs, named targets."""

    def __init__(self, body: nn.Module, given: str = "features") -> None:
        super().__init__()
        self.body = body
        self.given = given

    def forward(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {"y": self.body(inputs[self.given])}


class Last(nn.Module):
    """An LSTM that answers from its last step."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, 8, num_layers=2, dropout=0.2, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.lstm(x.unsqueeze(-1))[0][:, -1])


def mlp() -> nn.Module:
    return Named(
        nn.Sequential(
            nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3)
        )
    )


def lstm() -> nn.Module:
    return Named(Last())


def cnn() -> nn.Module:
    return Named(
        nn.Sequential(
            nn.Conv2d(2, 6, 3, padding=1),
            nn.BatchNorm2d(6),
            nn.ReLU(),
            nn.Dropout2d(0.2),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(6, 3),
        ),
        "image",
    )


def number() -> nn.Module:
    return Named(nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1)))


def table(rows: int, seed: int, task: Task) -> Part:
    """Rows whose target follows from their features, with noise."""
    random = np.random.default_rng(seed)
    features = random.normal(size=(rows, 6)).astype(np.float32)
    score = features @ np.arange(6, dtype=np.float32) / 6 + random.normal(size=rows) * 0.2
    classes = np.digitize(score, [-0.5, 0.5])
    y = classes if task == "classification" else score.astype(np.float32)[:, None]
    return Part({"features": features}, {"y": y}, np.arange(rows))


def pictures(rows: int, seed: int) -> Part:
    """Two-channel pictures, brighter where the class is higher."""
    random = np.random.default_rng(seed)
    y = random.integers(0, 3, rows)
    noise = random.integers(0, 120, size=(rows, 2, 6, 6))
    images = (noise + 60 * y[:, None, None, None]).astype(np.uint8)
    return Part({"image": images}, {"y": y}, np.arange(rows))


def choice(family: Any, name: str, **settings: Any) -> Choice:
    """A kind picked as a spec picks it."""
    kind = CATALOG.get(family, name)
    assert kind is not None
    return Choice(kind, kind.make(**settings), (family,), Span(0, 0))


def small_plan(
    network: Callable[[], nn.Module] = mlp,
    task: Task = "classification",
    *,
    rows: int = 60,
    epochs: int = 3,
    batch_size: int = 6,
    seed: int = 5,
    train: Train | None = None,
    stopping: EarlyStopping | None = None,
    device: Literal["cpu", "cuda"] = "cpu",
    **settings: Any,
) -> Plan:
    """A plan of `epochs * ceil(rows / batch_size)` steps."""
    make = pictures if network is cnn else lambda n, s: table(n, s, task)
    wanted = train or Train()
    wanted = replace(
        wanted,
        settings=Training(epochs=epochs, batch_size=batch_size, **settings),
        early_stopping=stopping,
    )
    parts = {"train": make(rows, 1), "validation": make(40, 2), "test": make(40, 3)}
    labels = ("a", "b", "c") if task == "classification" else ()
    counts = tuple(np.bincount(parts["train"].targets["y"], minlength=3)) if labels else ()
    return Plan(
        network=network,
        parts=parts,
        targets=(Target("y", task, Shape((len(labels) or 1,)), labels, counts),),
        train=resolve_train(wanted, About({"y": task}), CATALOG),
        seed=seed,
        device=device,
        pixel_scales={"image": PixelScale((100.0, 110.0), (50.0, 60.0))} if network is cnn else {},
    )


class Wishes:
    """A control that follows a list of wishes, one for each step, then says go."""

    def __init__(self, *wishes: Any) -> None:
        self._wishes = list(wishes)

    def wish(self) -> Any:
        return self._wishes.pop(0) if self._wishes else "go"


class Kept:
    """A save that keeps snapshots in memory, as a disk would: later changes do not reach them."""

    def __init__(self) -> None:
        self.snapshots: list[tuple[Snapshot, bool]] = []

    def __call__(self, snapshot: Snapshot, best: bool) -> Event:
        self.snapshots.append((snapshot, best))
        return CheckpointSaved(
            step=snapshot.step, epoch=snapshot.epoch, name=str(snapshot.step), best=best, bytes=0
        )

    @property
    def last(self) -> Snapshot:
        return self.snapshots[-1][0]

    def best(self) -> Snapshot:
        return [snapshot for snapshot, best in self.snapshots if best][-1]


def run(
    plan: Plan, *wishes: Any, start: Snapshot | None = None, kept: Kept | None = None
) -> tuple[list[Event], Kept]:
    """Train to the end and return the events and what was saved."""
    saved = kept or Kept()
    return list(train(plan, start, Wishes(*wishes), saved)), saved


def ended(events: list[Event]) -> RunEnded:
    last = events[-1]
    assert isinstance(last, RunEnded)
    return last


def bits(snapshot: Snapshot) -> dict[str, bytes]:
    """Every bit of a snapshot: weights, optimiser, random generators."""
    named = {**snapshot.model, **snapshot.training}
    return {name: tensor.contiguous().numpy().tobytes() for name, tensor in named.items()}


def weights_of(snapshot: Snapshot) -> dict[str, Tensor]:
    return {name: torch.clone(tensor) for name, tensor in snapshot.model.items()}


def judged_losses(events: list[Event]) -> list[float]:
    """The validation loss of every epoch."""
    return [event.metrics["val_loss"] for event in events if isinstance(event, EpochEnded)]

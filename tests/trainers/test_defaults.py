"""What a spec leaves open about training is chosen by what is predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from nnspec.shapes import Interface, Shape
from nnspec.spec import Train
from trainers.check import check
from trainers.defaults import resolve_train
from trainers.targets import Task

CATALOG = Catalog.discover()


@dataclass(frozen=True)
class About:
    tasks: Mapping[str, Task]
    interface: Interface


@pytest.mark.parametrize(
    ("task", "answer", "metrics"),
    [
        ("classification", (3,), ["accuracy", "f1", "auroc"]),
        ("classification", (12, 60), ["accuracy"]),
        ("classification", (2, 32, 32), ["dice", "iou"]),
        ("regression", (1,), ["rmse", "mae", "r2"]),
        ("regression", (12,), ["rmse", "mae", "r2"]),
    ],
)
def test_metrics_follow_from_the_answer(
    task: Task, answer: tuple[int, ...], metrics: list[str]
) -> None:
    about = About({"y": task}, Interface({}, {"y": Shape(answer)}))
    resolved = resolve_train(Train(), about, CATALOG)
    assert [choice.kind.name for choice in resolved.metrics or ()] == metrics
    assert resolved.target_losses["y"].made.tasks == (task,)


def test_of_several_targets_each_has_a_loss_and_all_metrics_are_measured() -> None:
    tasks: dict[str, Task] = {"price": "regression", "kind": "classification"}
    offered = Interface({}, {"price": Shape((1,)), "kind": Shape((4,))})
    resolved = resolve_train(Train(), About(tasks, offered), CATALOG)
    losses = {name: choice.kind.name for name, choice in resolved.target_losses.items()}
    assert losses == {"price": "mse", "kind": "cross_entropy"}
    assert len(resolved.metrics or ()) == 6


GAN = """
netwright: 1
data: {source: {sample: xor}}
models:
  painter: {input: {z: [4]}, layers: [{linear: 2}]}
  critic: {input: features, layers: [{linear: 1}]}
train:
  early_stopping: {monitor: val_crtic_loss}
  steps:
    - update: critic
      losses: [{bce_with_logits: {of: critic(features), against: 1}}]
    - update: painter
      losses: [{bce_with_logits: {of: critic(painter(normal(4))), against: 1}}]
"""


def test_early_stopping_may_watch_the_loss_of_a_step(tmp_path: Path) -> None:
    (wrong,) = check(GAN, tmp_path, CATALOG).problems
    assert wrong.code == "train.monitor"
    assert "val_critic_loss" in str(wrong.hint)
    assert check(GAN.replace("crtic", "critic"), tmp_path, CATALOG).sound

"""Losses are PyTorch's; balanced weights make rare classes count as much as common ones."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from nnspec.shapes import Shape
from tests.trainers.small_plans import CATALOG
from trainers.targets import Target

CLASSES = Target("y", "classification", Shape((3,)), ("a", "b", "c"), (60, 30, 10))
NUMBER = Target("y", "regression", Shape((1,)))


def made(name: str, target: Target, **settings: Any) -> Any:
    kind = CATALOG.get("loss", name)
    assert kind is not None
    return kind.make(**settings).build(target, "cpu")


@pytest.mark.parametrize(
    ("name", "settings", "reference"),
    [
        ("mse", {}, functional.mse_loss),
        ("mae", {}, functional.l1_loss),
        ("huber", {"delta": 0.5}, lambda a, b: functional.huber_loss(a, b, delta=0.5)),
    ],
)
def test_losses_of_numbers(name: str, settings: dict[str, Any], reference: Any) -> None:
    outputs, targets = torch.randn(2, 50, 1)
    assert made(name, NUMBER, **settings)(outputs, targets) == reference(outputs, targets)


def test_cross_entropy() -> None:
    outputs, targets = torch.randn(50, 3), torch.randint(0, 3, (50,))
    assert made("cross_entropy", CLASSES)(outputs, targets) == functional.cross_entropy(
        outputs, targets
    )
    assert made("cross_entropy", CLASSES, label_smoothing=0.2)(
        outputs, targets
    ) == functional.cross_entropy(outputs, targets, label_smoothing=0.2)


def test_balanced_weights_are_scikit_learns() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    truth = [0] * 60 + [1] * 30 + [2] * 10
    weights = compute_class_weight("balanced", classes=np.arange(3), y=truth)
    outputs, targets = torch.randn(50, 3), torch.randint(0, 3, (50,))
    wanted = functional.cross_entropy(outputs, targets, torch.tensor(weights, dtype=torch.float32))
    got = made("cross_entropy", CLASSES, class_weights="balanced")(outputs, targets)
    torch.testing.assert_close(got, wanted)

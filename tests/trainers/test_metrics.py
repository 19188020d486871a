"""Every metric is scikit-learn's, on random answers, ties and absent classes included."""

from typing import ClassVar, Literal

import numpy as np
import pytest
import sklearn.metrics as reference
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import cross_entropy

from nnspec.shapes import Shape
from tests.trainers.small_plans import CATALOG
from trainers.batches import Rows
from trainers.devices import exact
from trainers.judging import compare, judge
from trainers.targets import Classified, Metric, Outcome, Regressed, Target, Task

CLASSIFIED = ("accuracy", "f1", "precision", "recall")
TARGET = Target("y", "classification", Shape((3,)), ("a", "b", "c"))
PAIR = Target("y", "classification", Shape((2,)), ("a", "b"))


def metric(name: str) -> Metric:
    kind = CATALOG.get("metric", name)
    assert kind is not None
    return kind.make()


def measure(name: str, outcome: Outcome) -> float | None:
    return metric(name).measure(outcome)


@st.composite
def classified(draw: st.DrawFn) -> tuple[Outcome, np.ndarray, np.ndarray, np.ndarray]:
    """Logits with ties, for 2 to 5 classes of which some may be absent."""
    classes = draw(st.integers(2, 5))
    rows = draw(st.integers(2, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    logits = torch.from_numpy(random.integers(-3, 4, size=(rows, classes)).astype(np.float32))
    present = draw(st.integers(1, classes))
    truth = torch.from_numpy(random.integers(0, present, rows))
    target = Target("y", "classification", Shape((classes,)), tuple("abcde"[:classes]))
    outcome = compare(logits, truth, target, lambda outputs: outputs)
    shares = torch.softmax(logits, 1).numpy()
    return outcome, truth.numpy(), logits.argmax(1).numpy(), shares


@given(classified())
def test_accuracy_f1_precision_recall(
    made: tuple[Outcome, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    outcome, truth, predicted, _ = made
    assert measure("accuracy", outcome) == pytest.approx(
        reference.accuracy_score(truth, predicted), abs=1e-12
    )
    for name in ("f1", "precision", "recall"):
        score = getattr(reference, f"{name}_score")
        wanted = score(truth, predicted, average="macro", zero_division=0)
        assert measure(name, outcome) == pytest.approx(wanted, abs=1e-12)


@given(classified())
def test_auroc(made: tuple[Outcome, np.ndarray, np.ndarray, np.ndarray]) -> None:
    outcome, truth, _, shares = made
    classes = shares.shape[1]
    if len(np.unique(truth)) < classes:
        assert measure("auroc", outcome) is None
        return
    scores = shares[:, 1] if classes == 2 else shares.astype(np.float64)
    if classes == 2:
        wanted = reference.roc_auc_score(truth, scores)
    else:
        each = [reference.roc_auc_score(truth == c, scores[:, c]) for c in range(classes)]
        wanted = np.mean(each)
    assert measure("auroc", outcome) == pytest.approx(wanted, abs=1e-12)


@given(classified())
def test_confusion(made: tuple[Outcome, np.ndarray, np.ndarray, np.ndarray]) -> None:
    outcome, truth, predicted, shares = made
    labels = list(range(shares.shape[1]))
    wanted = reference.confusion_matrix(truth, predicted, labels=labels)
    assert outcome.confusion.tolist() == wanted.tolist()  # type: ignore[union-attr]


@given(st.integers(0, 2**32 - 1), st.integers(2, 200), st.floats(1e-6, 1e6), st.floats(-100, 100))
def test_errors_of_numbers(seed: int, rows: int, scale: float, shift: float) -> None:
    random = np.random.default_rng(seed)
    truth, predicted = (random.normal(size=(2, rows)) + shift) * scale
    outcome = Regressed(torch.from_numpy(predicted), torch.from_numpy(truth))
    for name, score in (
        ("mae", reference.mean_absolute_error),
        ("rmse", reference.root_mean_squared_error),
        ("r2", reference.r2_score),
    ):
        assert measure(name, outcome) == pytest.approx(score(truth, predicted), rel=1e-12, abs=0)


def test_r2_of_a_target_that_never_varies_is_scikit_learns() -> None:
    same = torch.full((3,), 0.5, dtype=torch.float64)
    for predicted in (same, same + 1):
        wanted = reference.r2_score(same.numpy(), predicted.numpy())
        assert measure("r2", Regressed(predicted, same)) == wanted
    tenth = torch.full((3,), 0.1, dtype=torch.float64)  # whose mean is not quite 0.1
    assert measure("r2", Regressed(tenth + 1, tenth)) == 0.0
    assert measure("r2", Regressed(same[:1], same[:1])) is None


@pytest.mark.parametrize("rows", [1, 7])
def test_rows_of_one_class_only(rows: int) -> None:
    truth = torch.zeros(rows, dtype=torch.int64)
    outcome = compare(torch.eye(3)[truth], truth, TARGET, lambda outputs: outputs)
    assert [measure(name, outcome) for name in CLASSIFIED] == [1, 1, 1, 1]
    assert measure("auroc", outcome) is None


def test_no_rows_have_no_metrics() -> None:
    nothing = torch.empty(0, dtype=torch.int64)
    outcome = compare(torch.empty(0, 3), nothing, TARGET, lambda outputs: outputs)
    assert [measure(name, outcome) for name in (*CLASSIFIED, "auroc")] == [None] * 5
    empty = Regressed(nothing.double(), nothing.double())
    assert [measure(name, empty) for name in ("mae", "rmse", "r2")] == [None] * 3


def test_answers_that_are_no_numbers_do_not_raise() -> None:
    truth = torch.tensor([0, 1, 2, 0])
    logits = torch.full((4, 3), torch.nan)
    outcome = compare(logits, truth, TARGET, lambda outputs: outputs)
    assert measure("accuracy", outcome) == 0.5  # the first class is answered
    for name in (*CLASSIFIED, "auroc"):
        assert measure(name, outcome) is not None


def test_many_rows_lose_no_digits() -> None:
    random = np.random.default_rng(3)
    rows = 200_000
    truth = random.integers(0, 2, rows)
    logits = np.zeros((rows, 2), np.float32)
    logits[:, 1] = (random.normal(size=rows) + truth).round(3)  # rounded: ties
    outcome = compare(torch.from_numpy(logits), torch.from_numpy(truth), PAIR, lambda x: x)
    assert isinstance(outcome, Classified)
    shares = outcome.probabilities[:, 1].numpy()
    assert measure("auroc", outcome) == pytest.approx(
        reference.roc_auc_score(truth, shares.astype(np.float64)), abs=1e-12
    )
    assert measure("f1", outcome) == pytest.approx(
        reference.f1_score(truth, outcome.predicted.numpy(), average="macro"), abs=1e-12
    )


class Echo(nn.Module):
    """Answers with its input."""

    def forward(self, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {"y": inputs["x"]}


class Deterministic:
    """Measures whether torch is deterministic while metrics count."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["max", "min"]] = "max"

    def measure(self, outcome: Outcome) -> float:
        assert isinstance(outcome, Classified)
        return float(torch.are_deterministic_algorithms_enabled())


def test_metrics_count_without_a_cell_for_each_row_and_pair_of_classes() -> None:
    """As torchmetrics does while torch is deterministic: 3 GB for these few rows."""
    rows, classes = 10_000, 200
    truth = torch.arange(rows) % classes
    target = Target("y", "classification", Shape((classes,)), tuple(map(str, range(classes))))
    metrics: dict[str, Metric] = {name: metric(name) for name in CLASSIFIED}
    part = Rows({"x": torch.eye(classes)[truth]}, {"y": truth}, {}, "cpu")
    losses = {"y": cross_entropy}
    with exact(1):
        probed = judge(
            Echo(),
            part,
            (target,),
            losses,
            {"probe": Deterministic()},
            {"y": np.array},
        )
        assert probed.metrics == {"probe": 0.0}
        judged = judge(Echo(), part, (target,), losses, metrics, {})
        assert torch.are_deterministic_algorithms_enabled()
    assert judged.metrics == pytest.approx(dict.fromkeys(CLASSIFIED, 1.0), abs=1e-12)
    assert judged.confusion is not None
    assert judged.confusion.diagonal().tolist() == [rows // classes] * classes

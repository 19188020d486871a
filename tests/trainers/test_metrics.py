"""Every metric is scikit-learn's, on random answers, ties and absent classes included."""

import numpy as np
import pytest
import sklearn.metrics as reference
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.trainers.small_plans import CATALOG
from trainers.evaluation import compare
from trainers.targets import Outcome, Regressed, Target


def measure(name: str, outcome: Outcome) -> float | None:
    kind = CATALOG.get("metric", name)
    assert kind is not None
    return kind.make().measure(outcome)


@st.composite
def classified(draw: st.DrawFn) -> tuple[Outcome, np.ndarray, np.ndarray, np.ndarray]:
    """Logits with ties, for 2 to 5 classes of which some may be absent."""
    classes = draw(st.integers(2, 5))
    rows = draw(st.integers(2, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    logits = torch.from_numpy(random.integers(-3, 4, size=(rows, classes)).astype(np.float32))
    present = draw(st.integers(1, classes))
    truth = torch.from_numpy(random.integers(0, present, rows))
    target = Target("y", "classification", classes, tuple("abcde"[:classes]))
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


@given(st.integers(0, 2**32 - 1), st.integers(2, 200), st.floats(1e-3, 1e6))
def test_errors_of_numbers(seed: int, rows: int, scale: float) -> None:
    random = np.random.default_rng(seed)
    truth, predicted = random.normal(size=(2, rows)) * scale + scale
    outcome = Regressed(torch.from_numpy(predicted), torch.from_numpy(truth))
    assert measure("mae", outcome) == pytest.approx(
        reference.mean_absolute_error(truth, predicted), rel=1e-12
    )
    assert measure("rmse", outcome) == pytest.approx(
        reference.root_mean_squared_error(truth, predicted), rel=1e-12
    )
    assert measure("r2", outcome) == pytest.approx(
        reference.r2_score(truth, predicted), rel=1e-9, abs=1e-12
    )


def test_r2_of_a_target_that_never_varies_is_not_defined() -> None:
    same = torch.ones(4, dtype=torch.float64)
    assert measure("r2", Regressed(same + 1, same)) is None

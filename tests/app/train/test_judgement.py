"""Scores agree with scikit-learn; ends are told in sentences."""

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from app.train.judgement import class_scores, outcome, share_right, summary_words, worst_mistakes
from tests.app.written_runs import Training, made_run
from trainers.history import Confusion, History, reduce, settle


def confusion(counts: list[list[int]]) -> Confusion:
    labels = tuple(f"c{number}" for number in range(len(counts)))
    return Confusion(3, 30, labels, tuple(map(tuple, counts)))


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_those_of_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    true, predicted = random.integers(0, 5, (2, 400))
    counts = np.zeros((5, 5), int)
    np.add.at(counts, (true, predicted), 1)
    expected = precision_recall_fscore_support(true, predicted)
    found = class_scores(confusion(counts.tolist()))
    np.testing.assert_allclose([s.precision for s in found], expected[0])
    np.testing.assert_allclose([s.recall for s in found], expected[1])
    np.testing.assert_allclose([s.f1 for s in found], expected[2])
    assert [s.support for s in found] == expected[3].tolist()


def test_a_class_nobody_predicted_has_no_precision() -> None:
    scores = class_scores(confusion([[4, 0], [2, 0]]))
    assert np.isnan(scores[1].precision)
    assert scores[1].recall == 0


def test_the_worst_mistakes_come_first() -> None:
    counts = confusion([[5, 1, 0], [0, 5, 7], [2, 0, 5]])
    assert [(m.true, m.predicted, m.count) for m in worst_mistakes(counts)] == [
        ("c1", "c2", 7), ("c2", "c0", 2), ("c0", "c1", 1),
    ]  # fmt: skip
    assert share_right(counts) == pytest.approx(15 / 25)
    assert "c1 taken for c2 (7×)" in summary_words(counts)


def test_a_faultless_matrix_has_no_mistakes_to_tell() -> None:
    assert summary_words(confusion([[3, 0], [0, 3]])) == (
        "100.0 % of the validation rows are right."
    )


def test_how_runs_end_is_told(tmp_path) -> None:
    plan, run = Training(), made_run(tmp_path)
    failed = reduce(History(), plan.failed(run))
    told = outcome("failed", failed, "")
    assert told is not None
    assert "not a number any more" in told.words
    assert "learning rate" in told.hint
    assert told.resumable
    crashed = settle(reduce(History(), plan.until(run, 100)), held=False)
    told = outcome("crashed", crashed, "Segmentation fault")
    assert told is not None
    assert "Segmentation fault" in told.words
    assert "epoch 2 is saved" in told.words
    assert outcome("finished", reduce(History(), plan.finished(run)), "") is None

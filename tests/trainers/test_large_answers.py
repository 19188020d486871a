"""Answers judged in pieces are judged as they would be at once."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nnspec.shapes import Shape
from trainers import large_answers
from trainers.batches import Rows
from trainers.judging import judge
from trainers.large_answers import is_large
from trainers.losses.cross_entropy import CrossEntropy
from trainers.metrics.accuracy import Accuracy
from trainers.metrics.auroc import Auroc
from trainers.targets import Target


class Reader(nn.Module):
    """Answers `said` for each position of a row of tokens."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.layer = nn.Embedding(20, classes)

    def forward(self, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {"said": self.layer(inputs["x"])}


def judged(rows: int, positions: int, classes: int, seed: int):
    torch.manual_seed(seed)
    x = torch.randint(0, 20, (rows, positions))
    y = torch.randint(-1, classes, (rows, positions))
    y[0, 0] = 0
    labels = tuple(map(str, range(classes)))
    target = Target("said", "classification", Shape((positions, classes)), labels)
    loss = CrossEntropy().build(target, "cpu")
    return judge(
        Reader(classes),
        Rows({"x": x}, {"said": y}, {}, "cpu"),
        (target,),
        {"said": loss},
        {"accuracy": Accuracy(), "auroc": Auroc()},
        {},
    )


@settings(deadline=None, max_examples=25)
@given(
    rows=st.integers(1, 12),
    positions=st.integers(1, 6),
    classes=st.integers(2, 9),
    held=st.integers(1, 400),
    seed=st.integers(0, 99),
)
def test_pieces_give_what_the_whole_gives(rows, positions, classes, held, seed) -> None:
    whole = judged(rows, positions, classes, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_answers, "NUMBERS_HELD", held)
        pieces = judged(rows, positions, classes, seed)
    assert pieces.loss == pytest.approx(whole.loss, rel=1e-5)
    assert pieces.metrics["accuracy"] == whole.metrics["accuracy"]
    assert pieces.confusion is not None
    assert pieces.confusion.tolist() == whole.confusion.tolist()
    if rows * positions * classes > held:
        assert "auroc" not in pieces.metrics


def test_more_classes_than_anyone_reads_are_not_counted(monkeypatch) -> None:
    monkeypatch.setattr(large_answers, "MOST_COUNTED", 4)
    assert judged(5, 3, 5, 0).confusion is None
    assert judged(5, 3, 4, 0).confusion is not None


def test_only_classes_of_positions_are_large() -> None:
    labels = tuple("abc")
    tokens = Target("t", "classification", Shape((1000, 70)), labels)
    numbers = Target("t", "regression", Shape((1000, 70)))
    assert is_large(10_000, (tokens,))
    assert not is_large(100, (tokens,))
    assert not is_large(10_000, (numbers,))

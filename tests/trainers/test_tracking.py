"""The best epoch, and when patience runs out."""

from hypothesis import given
from hypothesis import strategies as st

from nnspec.section_settings import EarlyStopping
from nnspec.spec import Train
from tests.trainers.small_plans import choice
from trainers.tracking import Tracker

METRICS = (choice("metric", "accuracy"), choice("metric", "f1"))


def tracker(monitor: str = "val_loss", **settings: float) -> Tracker:
    stopping = EarlyStopping(monitor=monitor, **settings)  # type: ignore[arg-type]
    return Tracker.of(Train(metrics=METRICS, early_stopping=stopping), validated=True)


@given(
    st.lists(st.floats(0, 10), min_size=1, max_size=30),
    st.integers(1, 5),
    st.sampled_from([0.0, 1.0]),
)
def test_patience(values: list[float], patience: int, min_delta: float) -> None:
    followed = tracker(patience=patience, min_delta=min_delta)
    mark, waited = float("inf"), 0
    for epoch, value in enumerate(values, start=1):
        best = followed.see(epoch, {"val_loss": value})
        assert best == (value == min(values[:epoch]) and value not in values[: epoch - 1])
        mark, waited = (value, 0) if value < mark - min_delta else (mark, waited + 1)
        assert followed.exhausted == (waited >= patience)


def test_more_is_better_for_accuracy() -> None:
    followed = tracker("val_accuracy")
    seen = [followed.see(n, {"val_accuracy": v}) for n, v in enumerate((0.5, 0.7, 0.6), start=1)]
    assert seen == [True, True, False]
    assert followed.best_epoch == 2
    assert followed.metrics == {"val_accuracy": 0.7}


def test_an_epoch_that_does_not_measure_it_is_no_progress() -> None:
    followed = tracker("val_accuracy", patience=1)
    assert not followed.see(1, {"val_loss": 1.0})
    assert followed.exhausted


def test_a_resumed_tracker_decides_as_it_would_have() -> None:
    whole, first = tracker(patience=2), tracker(patience=2)
    for epoch, loss in enumerate((3.0, 2.0, 2.5), start=1):
        whole.see(epoch, {"val_loss": loss})
        first.see(epoch, {"val_loss": loss})
    second = tracker(patience=2)
    second.take(first.to_json())
    assert whole.see(4, {"val_loss": 2.2}) == second.see(4, {"val_loss": 2.2})
    assert second == whole
    assert second.exhausted


def test_without_early_stopping_the_loss_decides_and_nothing_stops() -> None:
    followed = Tracker.of(Train(), validated=True)
    assert followed.monitor == "val_loss"
    for epoch in range(1, 100):
        followed.see(epoch, {"val_loss": 1.0})
    assert not followed.exhausted
    assert Tracker.of(Train(), validated=False).monitor == "train_loss"

"""The Train room shows what the run's folder says, and its controls do what they say."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app import style
from app.runs.run_model import RunModel
from app.train.confusion import ConfusionView
from app.train.curves import Curves
from app.train.room import NO_MATRIX, TrainRoom
from tests.app.written_runs import Training, made_by_a_gan, made_run, write
from trainers.events import EpochEnded, Event, MachineSampled
from trainers.history import Confusion, History, reduce
from trainers.runs import RunFolder

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)")

PLAN = Training()


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[RunModel]:
    made = RunModel()
    yield made
    made.leave()


@pytest.fixture
def room(model: RunModel, qapp: QApplication, qtbot: QtBot) -> TrainRoom:
    made = TrainRoom(model, style.apply(qapp, "light"))
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    return made


def shown(room: TrainRoom, model: RunModel, run: RunFolder, events: list[Event], qtbot: QtBot):
    write(run, events)
    model.show(run)
    qtbot.waitUntil(lambda: model.state not in {"idle", "starting", "running"}, timeout=3000)
    room.draw()


def words(room: TrainRoom) -> str:
    labels = (label for label in room.findChildren(QLabel) if label.isVisible())
    return "\n".join(label.text() for label in labels)


def test_before_the_first_run_there_is_one_thing_to_do(room: TrainRoom, qtbot: QtBot) -> None:
    assert "Nothing has been trained yet" in words(room)
    button = next(b for b in room.findChildren(QPushButton) if b.isVisible())
    with qtbot.waitSignal(room.start_wanted, timeout=1000):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_finished_run_is_judged(
    room: TrainRoom, model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    run = made_run(tmp_path)
    shown(room, model, run, PLAN.finished(run), qtbot)
    told = words(room)
    assert "96.31 %" in told
    assert "No GPU found: training on the CPU" in told
    assert "Epoch 6:" in told
    assert room.classes.model().rowCount() == 10
    assert room.banner.isHidden()


def test_the_matrix_is_square_and_covers_nothing(
    room: TrainRoom, model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    run = made_run(tmp_path)
    shown(room, model, run, PLAN.finished(run), qtbot)
    card = room.confusion.parentWidget()
    qtbot.waitUntil(lambda: room.confusion.height() > 300, timeout=1000)
    qtbot.waitUntil(lambda: card.height() >= card.minimumSizeHint().height(), timeout=1000)
    below = room._summary.geometry()
    assert below.top() >= room.confusion.geometry().bottom()


def test_a_failed_run_says_why_and_offers_to_go_on(
    room: TrainRoom, model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    run = made_run(tmp_path)
    shown(room, model, run, PLAN.failed(run), qtbot)
    told = words(room)
    assert "The training failed: the loss is not a number any more" in told
    assert "Lower the learning rate" in told
    assert "the loss has risen for 40 steps" in told
    resume = next(b for b in room.banner.findChildren(QPushButton) if b.text() == "Resume")
    with qtbot.waitSignal(room.banner.resume_wanted, timeout=1000):
        model.resume = lambda: None  # type: ignore[method-assign]
        qtbot.mouseClick(resume, Qt.MouseButton.LeftButton)


def test_a_number_has_no_matrix(
    room: TrainRoom, model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    run = made_run(tmp_path)
    shown(room, model, run, Training(labels=()).finished(run), qtbot)
    assert NO_MATRIX in words(room)
    assert "Test MAE" in words(room)
    assert room.confusion.isHidden()


def test_another_theme_is_taken_while_it_is_shown(
    room: TrainRoom, model: RunModel, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    run = made_run(tmp_path)
    shown(room, model, run, PLAN.finished(run), qtbot)
    style.apply(qapp, "dark")
    dark = room.curves.loss_plot.grab().toImage().pixelColor(200, 60)
    assert dark.lightness() < 80
    style.apply(qapp, "light")


@pytest.fixture
def curves(qapp: QApplication, qtbot: QtBot) -> Curves:
    made = Curves(style.apply(qapp, "light"))
    qtbot.addWidget(made)
    made.resize(800, 600)
    return made


def drawn(curves: Curves) -> tuple[np.ndarray, np.ndarray]:
    data = curves.loss_plot._train.getOriginalDataset()
    return data[0], data[1]


def test_curves_grow_with_the_history(curves: Curves, tmp_path: Path) -> None:
    run = made_run(tmp_path)
    events = PLAN.finished(run)
    history = reduce(History(), events[:40])
    curves.update_from(history)
    first = len(drawn(curves)[0])
    reduce(history, events[40:])
    curves.update_from(history)
    x, _ = drawn(curves)
    assert first < len(x) == len(history.curve)
    assert x[-1] == pytest.approx(PLAN.epochs)
    best = history.best
    assert best is not None
    assert curves.loss_plot._best.value() == pytest.approx(best.epoch)


def test_steps_done_again_replace_the_old_ones(curves: Curves, tmp_path: Path) -> None:
    run = made_run(tmp_path)
    history = reduce(History(), PLAN.until(run, 200))
    curves.update_from(history)
    reduce(history, [PLAN.started(run, step=80), PLAN.progress(82)])
    curves.update_from(history)
    x, _ = drawn(curves)
    assert x[-1] == pytest.approx(82 / PLAN.steps_per_epoch)
    assert np.all(np.diff(x) > 0)


def test_smoothing_leaves_the_raw_trace_behind_it(curves: Curves, tmp_path: Path) -> None:
    history = reduce(History(), PLAN.until(made_run(tmp_path), 300))
    curves.update_from(history)
    curves.smoothing.setValue(90)
    smooth = drawn(curves)[1]
    raw = curves.loss_plot._raw.getOriginalDataset()[1]
    np.testing.assert_allclose(raw, history.curve.losses)
    assert np.abs(np.diff(smooth)).sum() < np.abs(np.diff(raw)).sum() / 2
    curves.smoothing.setValue(0)
    np.testing.assert_allclose(drawn(curves)[1], history.curve.losses)


def test_a_logarithmic_axis_survives_zero_and_no_number(curves: Curves, tmp_path: Path) -> None:
    from dataclasses import replace

    run = made_run(tmp_path)
    odd = [replace(PLAN.progress(2 * n), loss=v) for n, v in ((1, 0.0), (2, math.nan), (3, 1.0))]
    curves.update_from(reduce(History(), [PLAN.started(run), *odd]))
    curves.log.setChecked(True)
    curves.grab()
    assert np.isfinite(drawn(curves)[1]).sum() == 1


def test_the_cross_hair_reads_both_curves(curves: Curves, tmp_path: Path) -> None:
    curves.update_from(reduce(History(), PLAN.finished(made_run(tmp_path))))
    curves.loss_plot.pointed.emit(3.02)
    told = curves.read_out.text()
    assert told.startswith("Epoch 3.02")
    assert "training loss" in told
    assert "validation accuracy" in told
    curves.metric_plot.pointed.emit(math.nan)
    assert curves.read_out.text() == ""


def test_every_metric_can_be_chosen(curves: Curves, tmp_path: Path) -> None:
    curves.update_from(reduce(History(), PLAN.finished(made_run(tmp_path))))
    names = [curves.metric_box.itemText(i) for i in range(curves.metric_box.count())]
    assert names == ["Accuracy", "F1", "Learning rate"]
    curves.metric_box.setCurrentIndex(1)
    assert len(curves.metric_plot._validation.getOriginalDataset()[0]) == PLAN.epochs
    curves.metric_box.setCurrentIndex(2)
    rates = curves.metric_plot._train.getOriginalDataset()[1]
    assert set(rates) == {0.01}


@pytest.fixture
def matrix(qapp: QApplication, qtbot: QtBot) -> ConfusionView:
    made = ConfusionView(style.apply(qapp, "light"))
    qtbot.addWidget(made)
    made.resize(400, 400)
    return made


def test_a_cell_tells_what_it_counts(matrix: ConfusionView, qtbot: QtBot) -> None:
    matrix.set_confusion(Confusion(1, 10, ("cat", "dog"), ((8, 2), (1, 9))))
    area = matrix._area()
    right_top = QPoint(int(area.right()) - 5, int(area.top()) + 5)
    assert matrix.words_at(right_top) == "True cat, predicted dog: 2 rows, 20.0 % of all cat"
    assert matrix.words_at(QPoint(1, 1)) == ""
    asked = QHelpEvent(QEvent.Type.ToolTip, right_top, matrix.mapToGlobal(right_top))
    assert matrix.event(asked)
    assert "85.0 %" in matrix.accessibleDescription()


def test_what_is_right_has_another_colour_than_what_is_wrong(matrix: ConfusionView) -> None:
    matrix.set_confusion(Confusion(1, 10, ("a", "b"), ((9, 9), (0, 9))))
    picture, area = matrix.grab().toImage(), matrix._area()
    at = [
        picture.pixelColor(int(area.left() + x * area.width()) + 4, int(area.top()) + 6)
        for x in (0, 0.5)
    ]
    assert at[0].blue() > at[0].red()
    assert at[1].red() > at[1].blue()


def test_a_thousand_classes_are_painted_without_names(matrix: ConfusionView) -> None:
    size = 1000
    counts = tuple(tuple(int(i == j) for j in range(size)) for i in range(size))
    matrix.set_confusion(Confusion(1, 10, tuple(map(str, range(size))), counts))
    picture = matrix.grab().toImage()
    area = matrix._area()
    assert picture.pixelColor(area.center().toPoint()).blue() > 150


def test_the_gpu_is_shown_where_there_is_one(room: TrainRoom, tmp_path: Path) -> None:
    samples: list[MachineSampled] = [PLAN.machine(n, gpu=True) for n in range(5)]
    room.machine.set_samples(samples)
    texts = [label.text() for label in room.machine.findChildren(QLabel)]
    assert "NVIDIA T4, 61 °C" in texts
    assert "3.0 GB of 16 GB" in texts


def test_classes_can_be_sorted_by_what_is_worst(
    room: TrainRoom, model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    run = made_run(tmp_path)
    shown(room, model, run, PLAN.failed(run), qtbot)
    table = room.classes
    table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    found = [float(table.model().index(row, 3).data().rstrip(" %")) for row in range(10)]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_the_newest_preview_is_shown_sharply_and_the_slider_goes_back(
    room: TrainRoom, model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    run = made_run(tmp_path)
    events = made_by_a_gan(PLAN, run, 320)
    shown(room, model, run, events[: len(events) // 2], qtbot)
    drawn = len(room.previews)
    assert room.previews.isVisible()
    assert drawn == room.previews.slider.maximum() + 1 > 2
    assert f"Epoch {drawn}" in words(room)
    qtbot.waitUntil(lambda: room.previews.picture.height() > 200, timeout=1000)
    picture = room.previews.picture
    area, ratio = picture.area(), picture.devicePixelRatioF()
    assert (area.width() * ratio / picture.picture.width()).is_integer()
    colours = picture.grab(area.toRect()).toImage()
    grays = {colours.pixelColor(x, 30).name() for x in range(colours.width())}
    own = picture.picture.toImage()
    assert grays <= {own.pixelColor(x, y).name() for x in range(82) for y in range(82)}
    newest = picture.picture.cacheKey()
    qtbot.keyClick(room.previews.slider, Qt.Key.Key_Home)
    assert "Epoch 1" in words(room)
    assert picture.picture.cacheKey() != newest
    write(run, events[len(events) // 2 :])
    model.show(run)
    qtbot.waitUntil(lambda: len(model.history.epochs) == 8, timeout=3000)
    room.draw()
    assert room.previews.slider.maximum() == 7


def test_without_previews_there_is_no_card_for_them(
    room: TrainRoom, model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    shown(room, model, run := made_run(tmp_path), PLAN.finished(run), qtbot)
    assert not room.previews.isVisible()
    assert "Preview" not in words(room).splitlines()


def test_what_is_judged_by_losses_alone_shows_those_of_its_steps(
    room: TrainRoom, model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    run = made_run(tmp_path)
    shown(room, model, run, made_by_a_gan(PLAN, run, 320), qtbot)
    curves = room.curves
    assert curves.metric_box.currentText() == "Losses of the steps"
    assert "critic" in curves.legend.text()
    drawn = [list(item.yData) for item in curves.metric_plot._others]
    assert drawn == [model.history.metric(f"train_{name}_loss") for name in ("critic", "painter")]
    assert NO_MATRIX not in words(room)
    assert "Confusion matrix" not in words(room)
    curves.metric_box.setCurrentIndex(curves.metric_box.findData("painter_loss"))
    assert not curves.legend.isVisible()
    assert all(item.yData is None for item in curves.metric_plot._others)


def test_metrics_of_several_targets_are_named_and_drawn(
    room: TrainRoom, model: RunModel, tmp_path: Path, qtbot: QtBot
) -> None:
    run = made_run(tmp_path)
    events = [
        replace(e, metrics={"train_loss": 1.0, "val_loss": 1.0, "val_kind_accuracy": 0.9,
                            "val_price_mae": 3.5}, confusion=None, labels=None)
        if isinstance(e, EpochEnded) else e
        for e in PLAN.until(run, 120)
    ]  # fmt: skip
    shown(room, model, run, events, qtbot)
    box = room.curves.metric_box
    assert [box.itemText(i) for i in range(2)] == ["Kind accuracy", "Price MAE"]
    told = words(room)
    assert "Validation kind accuracy" in told
    assert "90.00 %" in told

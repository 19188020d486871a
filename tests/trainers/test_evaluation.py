"""A trained run judged again: as the training judged it, and as scikit-learn judges its answers."""

import json
from pathlib import Path

import pytest
import sklearn.metrics as reference
import torch

from app.main import main
from nnspec.problems import Problem
from tests.trainers.small_plans import Named, small_plan
from tests.trainers.small_runs import (
    FLOWERS,
    HOUSES,
    SHAPES,
    flowers,
    houses,
    network_of,
    shapes,
    trained_run,
)
from trainers import judging
from trainers.batches import on_device
from trainers.evaluation import Evaluation, evaluate
from trainers.events import RunEnded
from trainers.judging import judge
from trainers.objective import built_losses
from trainers.prediction import Predictions, predict
from trainers.runs import RunFolder

Run = tuple[RunFolder, RunEnded]

PAIR = """
netwright: 1
data:
  source: flowers.csv
  target: {kind: category, length: number}
  columns: {width: number, colour: category}
model:
  - linear: 16
  - relu:
    name: seen
  - linear: auto
    from: seen
    name: which
  - linear: auto
    from: seen
    name: length
outputs: {kind: which}
train: {epochs: 6, batch_size: 16, seed: 1, loss: {length: huber}, optimizer: {adamw: {lr: 0.01}}}
"""


@pytest.fixture(scope="module")
def flower_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return finished(tmp_path_factory.mktemp("flowers"), FLOWERS, "flowers.csv")


@pytest.fixture(scope="module")
def house_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return finished(tmp_path_factory.mktemp("houses"), HOUSES, "houses.csv")


@pytest.fixture(scope="module")
def shape_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return finished(tmp_path_factory.mktemp("shapes"), SHAPES, "shapes")


def finished(folder: Path, text: str, file: str) -> Run:
    make = {"flowers.csv": flowers, "houses.csv": houses, "shapes": shapes}[file]
    run, events, code = trained_run(folder, text, file, make)
    last = next(event for event in reversed(events) if isinstance(event, RunEnded))
    assert code == 0, last
    return run, last


def judged(run: RunFolder, **what: object) -> Evaluation:
    result = evaluate(network_of(run), **what)  # type: ignore[arg-type]
    assert isinstance(result, Evaluation), result
    return result


@pytest.fixture(scope="module")
def pair_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return finished(tmp_path_factory.mktemp("pairs"), PAIR, "flowers.csv")


def test_two_targets_are_judged_and_predicted_each_by_its_own_name(pair_run: Run) -> None:
    run, ended = pair_run
    assert {"test_kind_accuracy", "test_length_rmse", "val_kind_auroc"} <= set(ended.metrics)
    told = judged(run).to_json()
    assert set(told["confusion"]) == {"labels", "matrix"}
    made = predict(network_of(run), run.path.parent / "flowers.csv")
    assert isinstance(made, Predictions)
    assert made.header()[:2] == ["row", "kind"]
    assert made.header()[-1] == "length"
    lengths = [float(line[-1]) for line in made.lines()]
    assert len({round(length, 3) for length in lengths}) > 50
    first = next(made.told())
    assert set(first) == {"row", "kind", "length"}
    assert first["length"] == {"length": lengths[0]}


@pytest.mark.parametrize("name", ["flower_run", "house_run", "shape_run", "pair_run"])
@pytest.mark.parametrize("split", ["test", "validation"])
def test_the_verdict_is_the_trainings(
    request: pytest.FixtureRequest, name: str, split: str
) -> None:
    run, ended = request.getfixturevalue(name)
    again = judged(run, split=split).judgement.named({"validation": "val"}.get(split, split))
    assert again == {name: pytest.approx(ended.metrics[name], rel=1e-6) for name in again}
    assert len(again) >= 4


def test_metrics_are_scikit_learns_on_the_predictions_of_the_same_file(flower_run: Run) -> None:
    run, _ = flower_run
    other = run.path.parent / "other.csv"
    flowers(other, rows=80, seed=9)
    truth = [line.rsplit(",", 1)[1] for line in other.read_text().splitlines()[1:]]
    made = predict(network_of(run), other)
    assert isinstance(made, Predictions)
    answers = [str(line[1]) for line in made.lines()]
    found = judged(run, data=other)
    metrics = found.judgement.metrics
    assert metrics["accuracy"] == pytest.approx(reference.accuracy_score(truth, answers), abs=1e-12)
    assert metrics["f1"] == pytest.approx(
        reference.f1_score(truth, answers, average="macro"), abs=1e-12
    )
    areas = [
        reference.roc_auc_score(
            [t == label for t in truth], [float(line[2 + n]) for line in made.lines()]
        )
        for n, label in enumerate(found.labels["kind"])
    ]
    assert metrics["auroc"] == pytest.approx(sum(areas) / 3, abs=1e-12)
    matrix = reference.confusion_matrix(truth, answers, labels=list(found.labels["kind"]))
    labels = list(found.labels["kind"])
    assert found.to_json()["confusion"] == {"labels": labels, "matrix": matrix.tolist()}


def test_numbers_are_judged_in_their_own_unit(house_run: Run) -> None:
    run, _ = house_run
    path = run.path.parent / "houses.csv"
    truth = [float(line.rsplit(",", 1)[1]) for line in path.read_text().splitlines()[1:]]
    made = predict(network_of(run), path)
    assert isinstance(made, Predictions)
    answers = [float(line[1]) for line in made.lines()]
    found = judged(run, data=path).judgement
    assert found.metrics["mae"] == pytest.approx(
        reference.mean_absolute_error(truth, answers), rel=1e-6
    )
    assert found.metrics["rmse"] == pytest.approx(
        reference.root_mean_squared_error(truth, answers), rel=1e-6
    )
    assert found.metrics["r2"] == pytest.approx(reference.r2_score(truth, answers), rel=1e-5)
    assert "confusion" not in judged(run, data=path).to_json()


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_the_size_of_a_batch_does_not_matter(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    plan = small_plan()
    torch.manual_seed(0)
    network = plan.network()
    part = plan.parts["validation"]
    rows = on_device(part.inputs, part.targets, {}, "cpu", room=1 << 30)
    losses = built_losses(plan.losses, plan.targets, "cpu")

    def verdict() -> dict[str, float]:
        return judge(network, rows, plan.targets, losses, plan.metrics, plan.restores).named("val")

    usual = verdict()
    monkeypatch.setattr(judging, "ROWS_AT_ONCE", size)
    assert verdict() == pytest.approx(usual, abs=1e-6)


def test_judging_leaves_the_mode_and_the_generator_alone() -> None:
    plan = small_plan()
    network = Named(torch.nn.Sequential(torch.nn.Linear(6, 3), torch.nn.Dropout(0.5))).train()
    part = plan.parts["validation"]
    rows = on_device(part.inputs, part.targets, {}, "cpu", room=1 << 30)
    before = torch.get_rng_state()
    judging.answers(network, rows)
    assert network.training
    assert torch.equal(before, torch.get_rng_state())


def test_rows_whose_target_is_unknown_are_left_out(flower_run: Run) -> None:
    run, _ = flower_run
    path = run.path.parent / "some.csv"
    path.write_text("length,width,colour,kind\n1,0,red,iris\n4,0,red,\n0,0,red,tulip\n", "utf-8")
    found = judged(run, data=path)
    assert found.judgement.rows == 1
    assert any("tulip" in notice.message for notice in found.notices)


def test_data_that_changed_since_training_is_told(tmp_path: Path) -> None:
    run, _ = finished(tmp_path, FLOWERS, "flowers.csv")
    assert not judged(run).notices
    flowers(tmp_path / "flowers.csv", seed=3)
    assert [notice.code for notice in judged(run).notices] == ["data.changed"]


def test_a_file_without_the_target_is_refused(flower_run: Run) -> None:
    run, _ = flower_run
    path = run.path.parent / "bare.csv"
    path.write_text("length,width,colour\n1,0,red\n", "utf-8")
    refused = evaluate(network_of(run), data=path)
    assert isinstance(refused, tuple)
    assert [problem.code for problem in refused if isinstance(problem, Problem)] == [
        "data.no_target"
    ]


def test_a_file_of_another_width_is_blamed_and_not_the_spec(tmp_path: Path) -> None:
    source = "source: {csv: {path: bare.data, names: [length, width, colour, kind]}}"
    text = FLOWERS.replace("source: flowers.csv", source)

    def bare(path: Path) -> None:
        flowers(path)
        path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[1:]), "utf-8")

    run, _, code = trained_run(tmp_path, text, "bare.data", bare)
    assert code == 0
    (tmp_path / "wide.csv").write_text("1,2,3,4,5,6\n" * 9, "utf-8")
    refused = evaluate(network_of(run), data=tmp_path / "wide.csv")
    assert isinstance(refused, tuple)
    assert "it has 6 columns, the run's data has 4" in refused[0].message


def test_a_table_for_a_run_of_pictures_is_told(shape_run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", "utf-8")
    refused = evaluate(network_of(shape_run[0]), data=tmp_path / "t.csv")
    assert isinstance(refused, tuple)
    assert "t.csv is not a folder or zip of pictures" in refused[0].message


def test_a_run_without_its_data_can_judge_another_file(tmp_path: Path) -> None:
    run, _ = finished(tmp_path, FLOWERS, "flowers.csv")
    (tmp_path / "flowers.csv").unlink()
    refused = evaluate(network_of(run))
    assert isinstance(refused, tuple)
    assert "judge other data with --data FILE" in str(refused[0].hint)


def test_the_command_prints_json_as_agreed(
    flower_run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run, ended = flower_run
    assert main(["evaluate", str(run.path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["split", "rows", "metrics", "confusion"]
    assert (told["split"], told["rows"]) == ("test", 40)
    assert told["metrics"]["accuracy"] == pytest.approx(ended.metrics["test_accuracy"])
    assert sum(map(sum, told["confusion"]["matrix"])) == 40
    assert main(["evaluate", str(run.path), "--split", "train"]) == 0
    assert "rows of the train part" in capsys.readouterr().out


def test_the_command_refuses_in_words_and_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(tmp_path / "none"), "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["code"] == "run.missing"

"""Plans: everything is decided, or everything that forbids training is told."""

import time
from pathlib import Path
from typing import Any

import pytest
import torch

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from tests.trainers.small_runs import FLOWERS, HOUSES, SHAPES, flowers, houses, shapes, trained_run
from trainers.checkpoints import Snapshot, newest
from trainers.events import EpochEnded, Event, Progress, RunEnded
from trainers.exits import exit_code
from trainers.plan import Plan, make_plan
from trainers.runs import RunFolder, create
from trainers.worker import work

CATALOG = Catalog.discover()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    flowers(tmp_path / "flowers.csv")
    houses(tmp_path / "houses.csv")
    return tmp_path


def planned(text: str, folder: Path, **wishes: Any) -> Plan:
    plan = make_plan(text, folder, CATALOG, **wishes)
    assert isinstance(plan, Plan), plan
    return plan


def refused(text: str, folder: Path, **wishes: Any) -> tuple[Problem, ...]:
    problems = make_plan(text, folder, CATALOG, **wishes)
    assert isinstance(problems, tuple)
    assert exit_code(problems) != 0
    return problems


def kinds(plan: Plan) -> list[str]:
    train = plan.train
    chosen = (train.optimizer, train.schedule, train.loss, *(train.metrics or ()))
    return [choice.kind.name for choice in chosen if choice]


def test_classes_and_numbers_get_what_suits_them(folder: Path) -> None:
    classes = planned("netwright: 1\ndata: {source: flowers.csv, target: kind}\n", folder)
    assert kinds(classes) == ["adamw", "constant", "cross_entropy", "accuracy", "f1", "auroc"]
    assert classes.targets[0].task == "classification"
    assert sum(classes.targets[0].counts) == len(classes.parts["train"].rows)
    numbers = planned("netwright: 1\ndata: {source: houses.csv, target: price}\n", folder)
    assert kinds(numbers) == ["adamw", "constant", "mse", "rmse", "mae", "r2"]
    assert (numbers.targets[0].task, numbers.targets[0].labels) == ("regression", ())


def test_what_the_spec_says_is_kept(folder: Path) -> None:
    text = HOUSES.replace(
        "seed: 1", "seed: 7, threads: 3, loss: {huber: 0.5}, optimizer: {sgd: 0.1}, metrics: [mae]"
    )
    plan = planned(text, folder)
    assert kinds(plan) == ["sgd", "constant", "huber", "mae"]
    assert (plan.seed, plan.threads) == (7, 3)
    assert plan.made("optimizer").lr == 0.1


def test_what_a_run_had_counts_more_than_the_spec(folder: Path) -> None:
    plan = planned(HOUSES, folder, seed=0, threads=2, device="cpu", run="here")
    assert (plan.seed, plan.threads, plan.device, plan.run) == (0, 2, "cpu", "here")


def test_without_a_seed_one_is_drawn(folder: Path) -> None:
    text = HOUSES.replace(", seed: 1", "")
    assert planned(text, folder).seed != planned(text, folder).seed


def test_the_network_is_built_as_the_graph_counts_it(folder: Path) -> None:
    plan = planned(FLOWERS, folder)
    network = plan.network()
    assert sum(p.numel() for p in network.parameters()) == plan.parameters


def test_small_networks_get_one_thread_and_convolutions_all(folder: Path) -> None:
    assert planned(FLOWERS, folder).threads == 1
    shapes(folder / "shapes", each=10)
    wide = SHAPES.replace("out_channels: 4", "out_channels: 512").replace(
        "batch_size: 8", "batch_size: 500"
    )
    assert planned(wide, folder).threads > 1


@pytest.mark.parametrize(
    ("train", "code", "said"),
    [
        ("loss: mse", "loss.unsuitable", "'mse' is for regression"),
        ("metrics: [accuracy, rmse]", "metric.unsuitable", "'rmse' is for regression"),
        ("early_stopping: {monitor: val_mae}", "train.monitor", "'val_mae'"),
    ],
)
def test_what_does_not_suit_is_told(folder: Path, train: str, code: str, said: str) -> None:
    text = f"netwright: 1\ndata: {{source: flowers.csv, target: kind}}\ntrain: {{{train}}}\n"
    (problem,) = [p for p in refused(text, folder) if p.severity == "error"]
    assert problem.code == code
    assert said in problem.message
    assert problem.hint
    assert problem.span is not None
    assert text[problem.span.start : problem.span.end] in train


def test_a_monitor_needs_validation_rows(folder: Path) -> None:
    text = FLOWERS.replace("seed: 1", "seed: 1, early_stopping: {monitor: val_loss}").replace(
        "target: kind", "target: kind\n  split: {validation: 0}"
    )
    assert [p.code for p in refused(text, folder) if p.severity == "error"] == ["train.monitor"]


def test_a_network_too_large_for_the_memory_is_refused_before_it_is_built(folder: Path) -> None:
    text = FLOWERS.replace("linear: 16", "linear: 60000\n  - linear: 60000")
    (problem,) = refused(text, folder)
    assert problem.code == "resource.memory"
    assert exit_code([problem]) == 4
    assert "'linear_2'" in (problem.hint or "")


def test_a_device_that_is_not_there_is_refused(folder: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has the device")
    (problem,) = refused(HOUSES, folder, device="cuda")
    assert exit_code([problem]) == 4
    assert "cpu" in (problem.hint or "")


def test_data_that_is_not_there_is_refused(tmp_path: Path) -> None:
    problems = refused(HOUSES, tmp_path)
    assert exit_code(problems) == 2


def test_a_training_that_explodes_ends_with_its_own_code(tmp_path: Path) -> None:
    text = HOUSES.replace("seed: 1", "seed: 1, optimizer: {sgd: {lr: 1e30, momentum: 0}}")
    _, events, code = trained_run(tmp_path, text, "houses.csv", houses)
    ended = next(event for event in events if isinstance(event, RunEnded))
    assert code == 5
    assert (ended.status, ended.code) == ("failed", "nan")


def snapshot_of(run: RunFolder) -> Snapshot:
    found = newest(run)
    assert not isinstance(found, Problem)
    assert found.snapshot is not None
    return found.snapshot


@pytest.mark.parametrize("text", [FLOWERS, HOUSES])
def test_a_run_stopped_in_its_folder_goes_on_to_the_same_bits(folder: Path, text: str) -> None:
    def new(name: str) -> RunFolder:
        made = create(text, spec_path=folder / "spec.yaml", path=folder / name)
        assert isinstance(made, RunFolder)
        return made

    whole, parts = new("whole"), new("parts")
    first: list[Event] = []
    assert work(whole, CATALOG, first.append) == 0
    again: list[Event] = []

    def publish(event: Event) -> None:
        again.append(event)
        if isinstance(event, Progress | EpochEnded) and len(again) < 20:
            parts.request("stop")
            time.sleep(0.1)  # the folder is looked at every 50 ms; so small a run ends sooner

    for _ in range(20):
        assert work(parts, CATALOG, publish) == 0
        last = next(e for e in reversed(again) if isinstance(e, RunEnded))
        if last.status == "finished":
            break
    assert sum(isinstance(event, RunEnded) for event in again) > 2
    one, other = snapshot_of(whole), snapshot_of(parts)
    assert one.step == other.step
    for mine, theirs in ((one.model, other.model), (one.training, other.training)):
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(mine[name], theirs[name]) for name in mine)
    ended = [next(e for e in reversed(es) if isinstance(e, RunEnded)) for es in (first, again)]
    assert ended[0].metrics == ended[1].metrics

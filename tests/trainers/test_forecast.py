"""The forecast of a training, from the spec's text to the line that `check` prints."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnspec.catalog import Catalog
from tests.trainers.small_runs import FLOWERS, flowers, trained_run
from trainers import batches, forecast, judging
from trainers.check import Checked, check
from trainers.commands import run_command
from trainers.defaults import resolve_train
from trainers.forecast import demand_of, forecast_of, forecast_words, memory_of
from trainers.speed import Speed, kept_speed
from trainers.templates import templates

CATALOG = Catalog.discover()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NETWRIGHT_HOME", str(tmp_path / "home"))
    flowers(tmp_path / "flowers.csv")
    (tmp_path / "spec.yaml").write_text(FLOWERS, encoding="utf-8")
    return tmp_path


def test_constants_are_those_of_the_modules_that_import_torch() -> None:
    assert forecast.JUDGED_ROWS == judging.ROWS_AT_ONCE
    assert forecast.JUDGED_NUMBERS == judging.NUMBERS_AT_ONCE
    assert forecast.GATHERED == batches.GATHERED


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "rmsprop"])
def test_optimisers_remember_what_they_say(name: str) -> None:
    kind = CATALOG.get("optimizer", name)
    assert kind is not None
    for made in (kind.make(), *([kind.make(momentum=0.5)] if name in ("sgd", "rmsprop") else ())):
        slots = made.slots([torch.zeros(5, 7)])
        assert sum(t.numel() for each in slots.values() for t in each if t.dim()) == (
            35 * made.remembered
        )


def test_check_tells_it_in_a_line_and_in_json(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["check", str(folder / "spec.yaml")]) == 0
    (line,) = [x for x in capsys.readouterr().out.splitlines() if x.startswith("training: about")]
    assert "an epoch" in line
    assert line.endswith("on this machine")
    assert run_command(["check", str(folder / "spec.yaml"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["forecast"]
    assert told["memory"] > 0 < told["seconds_per_epoch"]
    (folder / "spec.yaml").write_text(FLOWERS.replace("kind", "king"), encoding="utf-8")
    assert run_command(["check", str(folder / "spec.yaml"), "--json"]) != 0
    assert "forecast" not in json.loads(capsys.readouterr().out)


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.integers(1, 512))
@settings(max_examples=20)
def test_it_grows_with_rows(rows: int, more: int, batch: int) -> None:
    spec = next(each for each in templates() if each.name == "tabular_mlp").spec
    checked = _checked(spec)
    assert checked.profile is not None
    train = resolve_train(checked.analysis.spec.train, checked.profile, CATALOG)
    train = replace(train, settings=replace(train.settings, batch_size=batch))
    graph = checked.analysis.graph
    few, many = ({"train": n, "validation": n // 5} for n in (rows, rows + more))
    less, most = (sum(demand_of(graph, train, n).seconds(Speed()).values()) for n in (few, many))
    assert less < most
    assert memory_of(graph, train, few).total < memory_of(graph, train, many).total


@cache
def _checked(spec: Path) -> Checked:
    return check(spec.read_text(encoding="utf-8"), spec.parent, CATALOG)


@pytest.mark.slow
def test_every_template_has_a_forecast() -> None:
    for each in templates():
        found = forecast_of(_checked(each.spec), CATALOG)
        assert found is not None, each.name
        assert found.memory.total > found.memory.weights
        assert 0 < found.seconds_per_epoch < 3600, each.name
        assert "epoch" in forecast_words(found)


def test_a_finished_training_measures_the_machine_and_corrects(folder: Path) -> None:
    assert kept_speed(1, "cpu") is None
    trained_run(folder, FLOWERS, "flowers.csv", flowers)
    known = kept_speed(1, "cpu")
    assert known is not None
    assert known.measured
    assert sum(known.runs.values()) == 1

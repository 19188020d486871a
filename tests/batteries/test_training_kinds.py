"""Every loss, metric, optimiser and schedule: explained, settable, and at work in a training."""

import dataclasses

import pytest

from nnspec.catalog import Catalog, Family, Kind
from nnspec.params import settings_of
from nnspec.problems import Problems
from nnspec.settings import Place, read_settings
from nnspec.spec import Train
from nnspec.syntax import Mapping, read
from tests.trainers.small_plans import (
    CATALOG,
    choice,
    ended,
    judged_losses,
    mlp,
    number,
    run,
    small_plan,
)
from trainers.defaults import LOSS, METRICS, OPTIMIZER, SCHEDULE
from trainers.targets import Task

FAMILIES: tuple[Family, ...] = ("loss", "metric", "optimizer", "schedule")
KINDS = [kind for family in FAMILIES for kind in CATALOG.of(family)]
named = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.family}-{kind.name}")


def test_as_many_kinds_as_files_and_all_defaults_exist() -> None:
    counts = {family: len(CATALOG.names(family)) for family in FAMILIES}
    assert counts == {"loss": 24, "metric": 10, "optimizer": 4, "schedule": 6}
    for task, name in LOSS.items():
        assert task in CATALOG.get("loss", name).make.tasks  # type: ignore[union-attr]
        for metric in METRICS[task]:
            assert task in CATALOG.get("metric", metric).make.tasks  # type: ignore[union-attr]
    assert CATALOG.get("optimizer", OPTIMIZER)
    assert CATALOG.get("schedule", SCHEDULE)


@named
def test_help_is_a_sentence(kind: Kind) -> None:
    assert kind.summary.endswith(".")
    assert 20 <= len(kind.summary) <= 100
    for setting in kind.params:
        assert setting.help.endswith("."), setting.name
        assert setting.help != setting.help.upper()


@named
def test_settings_survive_being_written_and_read(kind: Kind) -> None:
    made = kind.make()
    text = f"{{{', '.join(f'{n}: {_written(v)}' for n, v in settings_of(made).items())}}}"
    problems = Problems(text)
    root = read(text, problems)
    assert isinstance(root, Mapping)
    place = Place("train", kind.name)
    values = read_settings(kind.make, root.entries, place, problems, span=root.span)
    assert not list(problems)
    assert kind.make(**values) == made
    assert dataclasses.replace(made) == made


def _written(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


USUAL = [kind for kind in KINDS if getattr(kind.make, "tasks", True)]
"""Kinds that need no formulas; the values of the other losses are tested beside the trainers."""


@pytest.mark.parametrize("kind", USUAL, ids=lambda kind: f"{kind.family}-{kind.name}")
def test_a_training_with_it_learns(kind: Kind) -> None:
    task: Task = getattr(kind.make, "tasks", ("classification",))[0]
    network = mlp if task == "classification" else number
    field = "metrics" if kind.family == "metric" else kind.family
    picked = choice(kind.family, kind.name)
    train = dataclasses.replace(
        Train(optimizer=choice("optimizer", "adamw", lr=0.01)),
        **{field: (picked,) if kind.family == "metric" else picked},
    )
    events, _ = run(small_plan(network, task, rows=200, epochs=6, batch_size=20, train=train))
    assert ended(events).status == "finished"
    losses = judged_losses(events)
    assert losses[-1] < losses[0]
    if kind.family == "metric":
        assert {f"val_{kind.name}", f"test_{kind.name}"} <= set(ended(events).metrics)


def test_discovery_finds_them_beside_everything_else() -> None:
    whole = Catalog.discover()
    for family in FAMILIES:
        assert whole.names(family) == CATALOG.names(family)

"""Reading a document into a Spec: structure kept, every mistake reported with place and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from nnspec.catalog import Catalog, Kind
from nnspec.params import param, params_of
from nnspec.problems import Problem, Problems
from nnspec.reader import read_spec
from nnspec.spec import Spec
from nnspec.syntax import read


@dataclass(frozen=True)
class Csv:
    """Rows of a text file."""

    endings: ClassVar[tuple[str, ...]] = (".csv",)
    path: str = param(help="Where the file is.")
    header: bool = param(True, help="Whether it has a header.")


@dataclass(frozen=True)
class Pictures:
    """A folder of pictures."""

    endings: ClassVar[tuple[str, ...]] = (".zip", "")
    path: str = param(help="Where the folder is.")


@dataclass(frozen=True)
class Linear:
    """A layer."""

    out_features: int = param(help="How many.", low=1)
    bias: bool = param(True, help="Whether to add a bias.")


@dataclass(frozen=True)
class Relu:
    """A layer without settings."""


@dataclass(frozen=True)
class Add:
    """A layer with several inputs."""


@dataclass(frozen=True)
class Adamw:
    """An optimiser."""

    lr: float = param(0.001, help="Step size.", above=0, also=("learning_rate",))


@dataclass(frozen=True)
class Number:
    """A column type."""

    scale: str = param("standard", help="How to scale.")


def _kind(family: str, name: str, make: type, **facts: object) -> Kind:
    return Kind(family, name, "", make.__doc__ or "", make, params=params_of(make), **facts)  # type: ignore[arg-type]


CATALOG = Catalog(
    [
        _kind("source", "csv", Csv),
        _kind("source", "pictures", Pictures),
        _kind("layer", "linear", Linear, also=("dense",)),
        _kind("layer", "relu", Relu),
        _kind("layer", "add", Add, many=True),
        _kind("optimizer", "adamw", Adamw),
        _kind("column", "number", Number),
    ]
)

HEAD = "netwright: 1\ndata: {source: a.csv, target: y}\n"


def spec_of(text: str) -> tuple[Spec, list[Problem]]:
    problems = Problems(text)
    return read_spec(read(text, problems), CATALOG, problems), list(problems.sorted())


def codes(text: str) -> list[tuple[str, int, int]]:
    return [(problem.code, problem.line, problem.column) for problem in spec_of(text)[1]]


def test_the_shortest_spec() -> None:
    spec, problems = spec_of(HEAD)
    assert not problems
    assert spec.data is not None
    assert (spec.data.source.kind.name, spec.data.source.made.path) == ("csv", "a.csv")
    assert spec.data.target is not None
    assert spec.data.target.name == "y"
    assert spec.model is None
    assert spec.train.settings.epochs == 10


def test_model_items_in_every_form() -> None:
    spec, problems = spec_of(
        HEAD + "model:\n"
        "  - linear: 8\n"
        "  - linear: {out_features: 8}\n"
        "    name: body\n"
        "  - relu\n"
        "  - linear:\n"
        "      out_features: 8\n"
        "    from: body\n"
        "    repeat: 2\n"
        "    name: skip\n"
        "  - add: [body, skip]\n"
    )
    assert not problems
    assert spec.model is not None
    assert [item.kind for item in spec.model] == ["linear", "linear", "relu", "linear", "add"]
    named = [item.name.name if item.name else None for item in spec.model]
    assert named == [None, "body", None, "skip", None]
    sources = [tuple(s.name for s in item.sources or ()) for item in spec.model]
    assert sources == [(), (), (), ("body",), ("body", "skip")]
    assert spec.model[4].settings is None
    assert spec.model[2].path == ("model", 2)


def test_data_in_full() -> None:
    spec, problems = spec_of(
        "netwright: 1\ndata:\n  source: {csv: {path: a.data, header: no}}\n"
        "  target: {price: {number: {scale: log}}}\n  columns: {on: number, id: }\n"
        "  split: {validation: 0.2, test: 0, stratify: price}\n"
    )
    assert [problem.code for problem in problems] == ["value.type"]  # `no` is text in YAML 1.2
    assert spec.data is None or spec.data.target is not None

    spec, problems = spec_of(
        "netwright: 1\ndata:\n  source: {csv: {path: a.data, header: false}}\n"
        "  target: {price: {number: {scale: log}}}\n  columns: {on: number, id: }\n"
        "  split: {validation: 0.2, test: 0, stratify: price}\n"
    )
    assert not problems
    assert spec.data is not None
    assert spec.data.target is not None
    assert spec.data.target.type
    assert spec.data.source.made.header is False
    assert spec.data.target.type.made.scale == "log"
    assert tuple(spec.data.columns) == ("on", "id")
    assert spec.data.split.validation == 0.2


def test_a_folder_is_pictures_and_a_csv_is_a_csv() -> None:
    for text, kind in (
        ("photos/", "pictures"),
        ("p.zip", "pictures"),
        ("a.b/photos", "pictures"),
        ("a.CSV", "csv"),
        ("a.xyz", "csv"),
    ):
        spec, _ = spec_of(f"netwright: 1\ndata: {{source: {text}, target: y}}\n")
        assert spec.data is not None
        assert spec.data.source.kind.name == kind


def test_parameters_reach_data_and_training() -> None:
    spec, problems = spec_of(
        HEAD + "params: {rate: 0.5, epochs: 4, idle: 1}\n"
        'train: {epochs: "${epochs * 2}", optimizer: {adamw: {lr: $rate}}}\n'
    )
    assert not problems
    assert spec.train.settings.epochs == 8
    assert spec.train.optimizer is not None
    assert spec.train.optimizer.made.lr == 0.5
    assert spec.used_params == {"rate", "epochs"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("spec.empty", 1, 1)]),
        ("- a\n", [("spec.shape", 1, 1)]),
        ("data: {source: a.csv, target: y}\n", [("format.missing", 1, 1)]),
        ("netwright: 2\n" + HEAD[13:], [("format.newer", 1, 12)]),
        ("netwright: x\n" + HEAD[13:], [("format.unknown", 1, 12)]),
        ("netwright: 1\n", [("data.missing", 1, 13)]),
        (HEAD + "trainr: {}\n", [("section.unknown", 3, 1)]),
        (HEAD + "train: {epochz: 3}\n", [("key.unknown", 3, 9)]),
        (HEAD + "train: {epochs: many}\n", [("value.type", 3, 17)]),
        (HEAD + "train: {batch_size: -4}\n", [("value.range", 3, 21)]),
        (HEAD + "train: {optimizer: adamm}\n", [("optimizer.unknown", 3, 20)]),
        (HEAD + "train: {optimizer: {adamw: {lr: 0}}}\n", [("value.range", 3, 33)]),
        (HEAD + "train: {optimizer: {adamw: 1, lr: 2}}\n", [("kind.several", 3, 31)]),
        (HEAD + "train: {early_stopping: 3}\n", [("spec.shape", 3, 25)]),
        (HEAD + "params: 3\n", [("spec.shape", 3, 9)]),
        (HEAD + "params: {1a: 3}\n", [("name.form", 3, 10)]),
        (HEAD + "blocks: {b: {params: {}}}\n", [("block.layers", 3, 10)]),
        (HEAD + "blocks: {relu: {layers: []}}\n", [("block.name", 3, 10)]),
        (HEAD + "model:\n- relu: \n  linear: 3\n", [("layer.several", 5, 3)]),
        (HEAD + "model:\n- relu: \n  nam: x\n", [("key.unknown", 5, 3)]),
        (HEAD + "model:\n- name: x\n", [("layer.missing", 4, 3)]),
        (HEAD + "model:\n- [1]\n", [("spec.shape", 4, 3)]),
        (HEAD + "model:\n- relu:\n  name: a\n- relu:\n  name: a\n", [("name.taken", 7, 9)]),
        (HEAD + "model:\n- relu:\n  name: input\n", [("name.reserved", 5, 9)]),
        ("netwright: 1\ndata: {target: y}\n", [("data.source", 2, 7)]),
        ("netwright: 1\ndata: {source: a.csv, targt: y}\n", [("key.unknown", 2, 23)]),
        ("netwright: 1\ndata: {source: {cvs: a}, target: y}\n", [("source.unknown", 2, 17)]),
        ("netwright: 1\ndata: {source: a.csv, target: {y: numerc}}\n", [("column.unknown", 2, 35)]),
        (
            "netwright: 1\ndata: {source: a.csv, target: y, split: {validation: 0.5, test: 0.6}}\n",
            [("split.shares", 2, 41)],
        ),
    ],
)
def test_each_mistake_has_its_place(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert codes(text) == expected
    assert all(problem.hint for problem in spec_of(text)[1])


def test_a_misplaced_setting_is_told_where_it_belongs() -> None:
    for word in ("learning_rte", "lr"):
        (problem,) = spec_of(HEAD + f"train: {{{word}: 0.1}}\n")[1]
        assert "optimizer: {adamw: {lr" in (problem.hint or "")


def test_all_mistakes_at_once_and_fixes_that_work() -> None:
    text = (
        "data: {source: a.csv, target: y, split: {tets: 0.1}}\n"
        "trainr: {}\nmodel:\n- relu:\n  nam: x\n"
    )
    problems = spec_of(text)[1]
    assert [problem.code for problem in problems] == [
        "format.missing",
        "key.unknown",
        "section.unknown",
        "key.unknown",
    ]
    for problem in sorted(problems, key=lambda p: -(p.span.start if p.span else 0)):
        assert problem.fix is not None
        text = problem.fix.edit.apply(text)
    assert not spec_of(text)[1]


def test_notes_are_free() -> None:
    assert not spec_of(HEAD + "x-note: anything\ntrain: {x-why: because}\n")[1]

"""`show` and `--set`: the filled-in form is a spec that means the same; settings are splices."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from tests.nnspec.objective_specs import GAN, LABELLED, analysed
from trainers.check import Checked, check, override
from trainers.commands.check import print_layers
from trainers.filled import filled

SPEC = """netwright: 1
name: Small
params: {width: 8, depth: 2}
data: {source: people.csv, target: kind}
blocks:
  pair:
    params: {units: null}
    layers:
      - linear: $units
        name: body
      - relu
model:
  - pair: {units: "${width * 2}"}
    repeat: $depth
  - linear: auto
train: {epochs: 3, optimizer: {sgd: {lr: 1e-2}}}  # kept
"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [f"{20 + i % 50},{'xyz'[i % 3]},{'ab'[i * 7 % 2]}" for i in range(200)]
    (tmp_path / "people.csv").write_text("\n".join(["age,city,kind", *rows, ""]), "utf-8")
    return tmp_path


def test_the_filled_in_form_means_the_same(folder: Path, catalog: Catalog) -> None:
    checked = check(SPEC, folder, catalog)
    assert checked.sound, checked.problems
    text = filled(checked, catalog)
    again = check(text, folder, catalog)
    assert again.sound, again.problems
    assert [node.id for node in again.analysis.graph.nodes] == [
        node.id for node in checked.analysis.graph.nodes
    ]
    assert [node.layer for node in again.analysis.graph.nodes] == [
        node.layer for node in checked.analysis.graph.nodes
    ]
    assert filled(again, catalog) == text
    assert "weight_decay" in text
    assert "bias: true" in text


def test_the_shortest_spec_is_filled_with_a_network(folder: Path, catalog: Catalog) -> None:
    checked = check("netwright: 1\ndata: {source: people.csv, target: kind}\n", folder, catalog)
    assert checked.sound, checked.problems
    assert checked.analysis.graph.nodes
    assert check(filled(checked, catalog), folder, catalog).sound


def test_settings_are_splices() -> None:
    text, problems = override(SPEC, ["width=16", "train.epochs=9", "train.optimizer.sgd.lr=1e-3"])
    assert not problems
    assert text == SPEC.replace("width: 8", "width: 16").replace("epochs: 3", "epochs: 9").replace(
        "lr: 1e-2", "lr: 0.001"
    )


@pytest.mark.parametrize(
    "setting", ["widht=3", "train.epochs", "", "=", "model.7.x=3", "name.x.y=1"]
)
def test_a_setting_that_cannot_be_made_is_told(setting: str) -> None:
    text, problems = override(SPEC, [setting])
    assert text == SPEC
    assert [problem.code for problem in problems] == ["set.unknown"]


def test_problems_of_the_text_and_of_the_data_come_together(folder: Path, catalog: Catalog) -> None:
    text = SPEC.replace("target: kind", "target: knd").replace("epochs: 3", "epochs: many")
    codes = [problem.code for problem in check(text, folder, catalog).problems]
    assert codes == ["data.unknown_column", "value.type"]


@pytest.mark.parametrize("last", ["softmax", "relu"])
def test_an_activation_at_the_end_is_warned_of(last: str, folder: Path, catalog: Catalog) -> None:
    text = (
        "netwright: 1\ndata: {source: people.csv, target: kind}\n"
        f"model:\n  - linear: auto\n  - {last}\n"
    )
    checked = check(text, folder, catalog)
    assert checked.sound
    assert [(p.code, p.severity, p.line) for p in checked.problems] == [
        ("output.activation", "warning", 5)
    ]


def test_an_activation_is_well_where_formulas_judge_it(folder: Path, catalog: Catalog) -> None:
    text = (
        "netwright: 1\ndata: {source: people.csv, target: kind}\n"
        "model:\n  - linear: auto\n  - softmax\n"
        'train: {losses: [{mse: {of: output, against: "one_hot(kind, 2)"}}]}\n'
    )
    assert check(text, folder, catalog).problems == ()
    unsupervised = (
        text.replace(", target: kind", "").replace("auto", "4").replace('"one_hot(kind, 2)"', "0")
    )
    assert check(unsupervised, folder, catalog).problems == ()


def test_layers_of_several_models_stand_below_each_other(capsys: pytest.CaptureFixture) -> None:
    graph = analysed(GAN, LABELLED)
    print_layers(Checked(graph, None, ()))
    lines = capsys.readouterr().out.splitlines()
    first = [line.split("  ")[0] for line in lines]
    assert first[1] == "painter/z"
    ends = {line.split()[0]: line.split()[1:] for line in lines if line and "/" not in line}
    assert ends["painter"][0] == f"{64 * 784 + 784:,}"
    numbers = [int(ends[name][0].replace(",", "")) for name in ("painter", "critic", "total")]
    assert numbers[0] + numbers[1] == numbers[2]
    assert first.index("painter") < first.index("critic/image") < first.index("critic")

"""The gallery: what it lists, and how its networks are put to other data."""

import json
from pathlib import Path

import pytest

from nnspec.resources import resource
from nnspec.shapes import Interface, Shape
from trainers.commands import run_command
from trainers.templates import (
    GROUPS,
    fitted_to,
    nearest_template,
    network_of,
    template,
    templates,
    with_template,
)

EVERY = [each.name for each in templates()]


def named(name):
    found = template(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", EVERY)
def test_every_template_says_for_what_it_is(name):
    chosen = named(name)
    assert chosen.group in GROUPS
    assert chosen.title
    assert chosen.title != name
    assert chosen.when.endswith(".")
    assert 20 < len(chosen.when) < 200
    text = chosen.text()
    assert text.startswith(f"netwright: 1\nname: {chosen.title}\n\nx-template:\n")
    assert max(map(len, text.splitlines()[9:])) <= 120, "long lines are hard to read in the window"


def test_titles_are_all_different():
    assert len({each.title for each in templates()}) == len(EVERY) > 20


def test_the_gallery_is_in_the_order_of_its_groups():
    places = [GROUPS.index(each.group) for each in templates()]
    assert places == sorted(places)
    assert set(places) == set(range(len(GROUPS))), "a heading without templates"


def test_a_name_that_is_nearly_right():
    assert template("lenett") is None
    assert nearest_template("lenett") == "lenet"


def test_the_network_alone_keeps_its_comments_and_nothing_of_the_data():
    network = network_of(named("image_and_table"))
    assert network.startswith("params:\n")
    assert "# Two branches, each for its own kind of input, meet in the middle.\nmodel:" in network
    assert "data:" not in network
    assert "x-template" not in network
    assert "A picture of a flat thing" not in network  # the comment above data


def test_inputs_and_targets_get_the_names_of_the_other_data():
    own = Interface(
        {"photo": Shape((1, 24, 24)), "features": Shape((4,))},
        {"weight": Shape((1,)), "shape": Shape((3,))},
    )
    offered = Interface(
        {"features": Shape((9,)), "scan": Shape((3, 64, 64))},
        {"price": Shape((1,)), "kind": Shape((5,))},
    )
    fitted = fitted_to(named("multi_task"), own, offered)
    assert "from: scan" in fitted
    assert "photo" not in fitted
    assert "outputs: {price: weight_head, kind: shape_head}" in fitted  # only whole words
    assert "concat: [seen, features]" in fitted


def test_a_template_takes_the_place_of_network_and_training():
    interface = Interface({"features": Shape((2,))}, {"y": Shape((2,))})
    text = "netwright: 1\nname: Mine\n\n# my rows\ndata: {source: x.csv}\n\nmodel: [linear: 7]\n"
    made = with_template(text, named("tabular_mlp"), interface, interface)
    assert made.startswith("netwright: 1\nname: Mine\n\n# my rows\ndata: {source: x.csv}\n")
    assert "linear: 7" not in made
    assert "mixed: {units: $width, share: $dropout}" in made
    assert made.count("model:") == 1


def test_the_command_lists_them_all(capsys):
    assert run_command(["templates"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in EVERY)
    assert max(map(len, shown.splitlines())) <= 100
    assert run_command(["templates", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in told] == EVERY
    assert set(told[0]) == {"name", "title", "group", "when"}


def test_a_template_on_its_own_sample(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run_command(["new", "--template", "xor_mlp"]) == 0
    assert (tmp_path / "xor_mlp.yaml").read_text() == named("xor_mlp").text()
    assert "netwright train xor_mlp.yaml" in capsys.readouterr().out
    assert run_command(["new", "--template", "xor_mlp"]) == 0  # nothing is written over
    assert (tmp_path / "xor_mlp-2.yaml").exists()


def test_an_unknown_template(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run_command(["new", "--template", "rennet"]) == 2
    assert "there is no template 'rennet'" in capsys.readouterr().err
    assert run_command(["new"]) == 2
    assert "name the data, or a template" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_template_that_does_not_suit_the_data(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    table = resource("samples", "breast_cancer", "breast_cancer.csv")
    assert run_command(["new", str(table), "--template", "lenet", "-o", "spec.yaml"]) == 2
    said = capsys.readouterr().err
    assert "the template 'lenet' does not suit this data" in said
    assert "pictures" in said  # what it is for
    assert not list(tmp_path.iterdir())

"""Differences in meaning: what is told, and what is not because it means the same."""

import pytest

from nnspec.catalog import Catalog
from nnspec.comparison import Side, compare
from nnspec.document import analyse
from nnspec.shapes import Interface, Shape

CATALOG = Catalog.discover()
TABLE = Interface({"features": Shape((8,))}, {"y": Shape((1,))}, "features")
HEAD = "netwright: 1\ndata: {source: a.csv, target: y}\n"
CHAIN = """\
model:
  - linear: 16
  - relu
  - dropout: 0.1
  - linear: 16
    name: body
  - relu
  - linear: auto
"""


def side(model, **sections):
    analysis = analyse(HEAD + model, CATALOG, TABLE)
    assert analysis.sound, analysis.problems
    return Side(analysis.graph, sections)


def told(before, after):
    return [each.words for each in compare(side(before), side(after))]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("dropout: 0.1", "dropout: 0.2", ["dropout, p: 0.1 -> 0.2"]),
        (
            "  - relu\n  - dropout: 0.1\n",
            "  - dropout: 0.1\n  - relu\n",
            ["dropout moved: dropout"],
        ),
        ("  - dropout: 0.1\n", "", ["dropout removed: {dropout: {p: 0.1}}"]),
        ("  - dropout: 0.1\n", "  - dropout: 0.1\n  - tanh\n", ["tanh added: tanh"]),
        ("dropout: 0.1", "tanh", ["dropout removed: {dropout: {p: 0.1}}", "tanh added: tanh"]),
        (
            "linear: 16",
            "linear: 32",
            ["linear and body".replace(" and", ",") + ", out_features: 16 -> 32"],
        ),
        (
            "    name: body\n  - relu\n",
            "    name: body\n  - relu\n  - add: [body, previous]\n",
            ["add added: add"],
        ),
    ],
)
def test_what_differs_is_told(old, new, words):
    assert sorted(told(CHAIN, CHAIN.replace(old, new))) == sorted(words)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  - relu\n", "  - relu:\n"),
        ("linear: 16\n  - relu", "linear: {out_features: 16, bias: true}\n  - relu  # why"),
        ("dropout: 0.1", "dropout: {p: 1e-1}"),
        ("dropout: 0.1", 'dropout: {"p": 0.1}'),
        ("model:", "params: {p: 0.1}\nmodel:\n  # a note"),
        ("dropout: 0.1\n", "dropout: 0.1\n    from: previous\n"),
    ],
)
def test_what_means_the_same_is_no_difference(old, new):
    after = CHAIN.replace(old, new, 1)
    if "params" in after:
        after = after.replace("dropout: 0.1", "dropout: $p")
    assert after != CHAIN
    assert told(CHAIN, after) == []


def test_a_block_means_what_is_in_it():
    plain = "model:\n  - linear: 8\n  - relu\n  - linear: 8\n  - relu\n  - linear: auto\n"
    block = (
        "blocks:\n  pair:\n    layers:\n      - linear: 8\n      - relu\n"
        "model:\n  - pair:\n    repeat: 2\n  - linear: auto\n"
    )
    assert told(plain, block) == []
    assert told(plain, block.replace("repeat: 2", "repeat: 3")) == [
        "pair.1/linear added: {linear: {out_features: 8}}",
        "pair.1/relu added: relu",
    ]


def test_other_wiring_is_told():
    before = (
        "model:\n  - linear: 8\n    name: a\n  - relu:\n    name: b\n  - linear: 8\n    name: c\n"
        "  - add: [b, c]\n  - linear: auto\n"
    )
    after = before.replace("[b, c]", "[a, c]")
    assert told(before, after) == ["add, from: [b, c] -> [a, c]"]


def test_sections_are_compared_down_to_the_value():
    one = {"train": {"epochs": 8, "optimizer": {"sgd": {"lr": 0.1}}, "metrics": ["f1"]}}
    other = {"train": {"epochs": 9, "optimizer": {"adamw": {"lr": 0.1}}, "metrics": ["f1"]}}
    model = "model: [{linear: auto}]\n"
    found = compare(side(model, **one), side(model, **other))
    assert [each.words for each in found] == [
        "epochs: 8 -> 9",
        "optimizer: {sgd: {lr: 0.1}} -> {adamw: {lr: 0.1}}",
    ]
    assert {each.section for each in found} == {"train"}


def test_the_same_is_the_same_for_a_long_network():
    lines = "".join(f"  - linear: {n % 7 + 1}\n  - relu\n" for n in range(300))
    model = f"model:\n{lines}  - linear: auto\n"
    assert told(model, model) == []

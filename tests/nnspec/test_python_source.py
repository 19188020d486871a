"""A network as source: blocks become classes, repetitions sequences, and all of it computes."""

import pytest
import torch

from nnspec.build import build
from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.python_source import network_source
from nnspec.shapes import Interface, Shape

CATALOG = Catalog.discover()
PICTURES = Interface({"image": Shape((3, 16, 16))}, {"y": Shape((4,))}, "image")
TABLE = Interface({"features": Shape((6,))}, {"y": Shape((3,))}, "features")
PAIR = """\
blocks:
  pair:
    params: {units: null}
    layers:
      - linear: $units
      - tanh
        name: inner
      - linear: $units
      - add: [previous, inner]
"""
RESIDUAL = """\
blocks:
  residual:
    params: {channels: null, stride: 1}
    layers:
      - conv2d: {out_channels: $channels, kernel_size: 3, stride: $stride}
      - batch_norm
      - relu:
        name: body
      - conv2d: {out_channels: $channels, kernel_size: 1, stride: $stride}
        from: input
        name: skip
      - add: [body, skip]
"""


def graph_of(model, blocks="", interface=TABLE):
    text = f"netwright: 1\nname: A net\ndata: {{source: a.csv, target: y}}\n{blocks}model:\n{model}"
    analysis = analyse(text, CATALOG, interface)
    assert analysis.sound, analysis.problems
    return analysis.graph


def written(graph):
    """The source as text, the network it makes with the live weights, and the live one."""
    torch.manual_seed(0)
    live, source = build(graph), network_source(graph, "A net")
    head = "from __future__ import annotations\nimport torch\nfrom torch import Tensor, nn\n"
    text = "\n\n".join((head + "\n".join(source.imports), *source.definitions))
    names = {"__name__": "written"}
    exec(compile(text, "written", "exec"), names)  # noqa: S102 - it is what is tested
    network = names[source.name]()
    network.load_state_dict({source.state_name(n): v for n, v in live.state_dict().items()})
    return text, network.eval(), live.eval()


def same(graph, *inputs):
    text, network, live = written(graph)
    expected = live(dict(zip(graph.inputs, inputs, strict=True)))
    answer = network(*inputs)
    found = answer if isinstance(answer, dict) else {"y": answer}
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert torch.equal(found[name], value)
    return text


def test_a_chain_reads_like_a_person_wrote_it():
    text = same(graph_of("  - linear: 5\n  - relu\n  - linear: auto\n"), torch.randn(4, 6))
    assert "class ANet(nn.Module):" in text
    assert "        self.linear = nn.Linear(6, 5)\n" in text
    assert "        x = self.linear(features)  # 5\n        x = self.relu(x)  # 5\n" in text
    assert text.rstrip().endswith("return x")


def test_uses_of_a_block_that_differ_in_values_are_one_class_with_parameters():
    model = "  - residual: 8\n  - residual: {channels: 12}\n  - global_avg_pool\n  - linear: auto\n"
    text = same(graph_of(model, RESIDUAL, PICTURES), torch.randn(2, 3, 16, 16))
    assert text.count("class Residual") == 1
    assert "def __init__(self, in_channels: int, out_channels: int) -> None:" in text
    assert "self.residual_2 = Residual(in_channels=8, out_channels=12)" in text
    assert "# out_channels x 16 x 16" in text


def test_uses_of_a_block_that_differ_in_more_are_two_classes():
    model = "  - residual: 8\n  - residual: {channels: 8, stride: 2}\n  - global_avg_pool\n"
    text = same(
        graph_of(model + "  - linear: auto\n", RESIDUAL, PICTURES), torch.randn(2, 3, 16, 16)
    )
    assert "class Residual(" in text
    assert "class Residual2(" in text  # an even stride pads unevenly: another layer
    assert "self.conv2d.sides = (0, 1, 0, 1)" in text


def test_equal_repetitions_are_a_loop():
    text = same(graph_of("  - linear: 6\n    repeat: 3\n  - linear: auto\n"), torch.randn(2, 6))
    assert "nn.Sequential(*(nn.Linear(6, 6) for _ in range(3)))" in text


def test_unequal_repetitions_are_listed():
    text = same(graph_of("  - linear: 4\n    repeat: 2\n  - linear: auto\n"), torch.randn(2, 6))
    assert "nn.Sequential(nn.Linear(6, 4), nn.Linear(4, 4))" in text


def test_repeated_blocks_in_blocks():
    blocks = PAIR.replace("- tanh\n        name: inner", "- tanh:\n        name: inner")
    blocks += (
        "  deep:\n    layers:\n      - pair: 6\n        repeat: 2\n      - add: [previous, input]\n"
    )
    text = same(
        graph_of(
            "  - deep\n    repeat: 2\n  - linear: auto\n".replace("- deep\n", "- deep:\n"), blocks
        ),
        torch.randn(2, 6),
    )
    assert "self.pair = nn.Sequential(*(Pair() for _ in range(2)))" in text
    assert "self.deep = nn.Sequential(*(Deep() for _ in range(2)))" in text


def test_shared_weights_are_one_attribute():
    model = (
        "  - linear: 6\n    name: one\n  - tanh\n  - linear: 6\n    share: one\n    name: two\n"
        "  - add: [one, two]\n  - linear: auto\n"
    ).replace("- linear: 6\n    share", "- linear:\n    share")
    text = same(graph_of(model), torch.randn(2, 6))
    assert "self.two" not in text
    assert "two = self.one(x)" in text


def test_shared_blocks_are_one_attribute():
    blocks = PAIR.replace("- tanh\n        name: inner", "- tanh:\n        name: inner")
    model = (
        "  - pair: 6\n    name: one\n  - pair:\n    share: one\n    name: two\n  - linear: auto\n"
    )
    text = same(graph_of(model, blocks), torch.randn(2, 6))
    assert text.count("Pair()") == 1


def test_several_inputs_and_outputs():
    interface = Interface(
        {"photo": Shape((4,)), "facts": Shape((3,))}, {"a": Shape((2,)), "b": Shape((1,))}
    )
    model = (
        "  - concat: [photo, facts]\n    name: both\n  - linear: 2\n    name: a\n"
        "  - linear: 1\n    from: both\n    name: b\n"
    )
    text = same(graph_of(model, "", interface), torch.randn(2, 4), torch.randn(2, 3))
    assert "def forward(self, photo: Tensor, facts: Tensor) -> dict[str, Tensor]:" in text
    assert 'return {"a": a, "b": b}' in text


@pytest.mark.parametrize("name", ["forward", "train", "class", "self", "x", "nn", "_modules"])
def test_names_that_python_or_torch_has_are_written_otherwise(name):
    model = f"  - linear: 6\n    name: {name}\n  - relu\n  - add: [{name}, previous]\n"
    model += "  - linear: auto\n"
    same(graph_of(model), torch.randn(2, 6))

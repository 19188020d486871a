"""Built networks: the same numbers as by hand, names, shared weights, memory, determinism."""

import copy
import gc
import weakref

import pytest
import torch
from torch import nn
from torch.nn import functional

from nnspec.build import build
from nnspec.catalog import Catalog
from nnspec.graph import Graph, infer
from nnspec.problems import Problems
from nnspec.reader import read_spec
from nnspec.shapes import Interface, Shape
from nnspec.syntax import read

CATALOG = Catalog.discover()
TABLE = Interface({"features": Shape((6,))}, {"y": Shape((3,))}, "features")
PICTURES = Interface({"image": Shape((3, 9, 7))}, {"y": Shape((4,))}, "image")
BLOCK = """\
blocks:
  residual:
    params: {channels: null, stride: 1}
    layers:
      - conv2d: {out_channels: $channels, kernel_size: 3, stride: $stride}
      - batch_norm:
        name: body
      - conv2d: {out_channels: $channels, kernel_size: 1, stride: $stride}
        from: input
        name: skip
      - add: [body, skip]
"""


def built(lines, interface=TABLE, head="", seed=0):
    text = f"netwright: 1\ndata: {{source: a.csv, target: y}}\n{head}model:\n{lines}"
    problems = Problems(text)
    graph = infer(read_spec(read(text, problems), CATALOG, problems), interface, CATALOG, problems)
    assert not list(problems), list(problems)
    torch.manual_seed(seed)
    return build(graph), graph


def test_a_chain_computes_what_pytorch_computes():
    network, graph = built("  - linear: 5\n  - tanh\n  - linear: auto\n")
    torch.manual_seed(0)
    by_hand = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3))
    x = torch.randn(4, 6)
    assert torch.equal(network({"features": x})["y"], by_hand(x))
    assert list(network.state_dict()) == [
        "linear.weight",
        "linear.bias",
        "linear_2.weight",
        "linear_2.bias",
    ]
    assert sum(p.numel() for p in network.parameters()) == sum(n.parameters for n in graph.nodes)


def test_a_residual_network_computes_what_its_text_says():
    lines = "  - residual: {channels: 8, stride: 2}\n    repeat: 2\n"
    lines += "  - global_avg_pool\n  - linear: auto\n"
    network, graph = built(lines, PICTURES, BLOCK)
    network.eval()
    x = torch.randn(2, 3, 9, 7)
    h = x
    for turn in ("1", "2"):
        part = {
            name: network.get_submodule(f"residual_{turn}_{name}")
            for name in ("conv2d", "body", "skip")
        }
        h = part["body"](part["conv2d"](h)) + part["skip"](h)
    expected = network.get_submodule("linear")(h.mean((2, 3)))
    assert torch.equal(network({"image": x})["y"], expected)
    assert sum(p.numel() for p in network.parameters()) == sum(n.parameters for n in graph.nodes)


def test_same_padding_of_a_strided_convolution():
    network, _ = built(
        "  - conv2d: {out_channels: 4, kernel_size: 4, stride: 2}\n  - flatten\n  - linear: auto\n",
        PICTURES,
    )
    conv = network.get_submodule("conv2d")
    x = torch.randn(2, 3, 9, 7)
    padded = functional.pad(x, (1, 2, 1, 2))
    expected = functional.conv2d(padded, conv.weight, conv.bias, stride=2)
    assert expected.shape[-2:] == (5, 4)
    assert torch.allclose(conv(x), expected)


def test_shared_weights_are_one_module():
    network, _ = built(
        "  - linear: 6\n    name: one\n  - tanh\n  - linear:\n    share: one\n  - linear: auto\n"
    )
    assert list(network.state_dict()) == [
        "one.weight",
        "one.bias",
        "linear_2.weight",
        "linear_2.bias",
    ]
    network({"features": torch.randn(2, 6)})["y"].sum().backward()
    one = network.get_submodule("one")
    x = torch.randn(2, 6)
    expected = network.get_submodule("linear_2")(one(torch.tanh(one(x))))
    assert torch.equal(network({"features": x})["y"], expected)


@pytest.mark.parametrize("name", ["train", "forward", "inputs", "add_module", "weight"])
def test_any_name_can_be_built(name):
    network, _ = built(f"  - linear: 4\n    name: {name}\n  - linear: auto\n")
    assert network({"features": torch.randn(2, 6)})["y"].shape == (2, 3)
    assert network.training
    assert len(network.state_dict()) == 4


def test_names_that_fall_together_are_kept_apart():
    head = "blocks: {a: {layers: [{linear: 4}]}}\n"
    network, _ = built("  - a\n  - linear: 4\n    name: a_linear\n  - linear: auto\n", head=head)
    assert len(network.state_dict()) == 6


def test_what_reaches_no_output_is_left_out():
    text = "netwright: 1\ndata: {source: a.csv, target: y}\nmodel:\n"
    text += "  - linear: 9\n  - linear: auto\n    from: input\n"
    problems = Problems(text)
    graph = infer(read_spec(read(text, problems), CATALOG, problems), TABLE, CATALOG, problems)
    assert list(build(graph).state_dict()) == ["linear_2.weight", "linear_2.bias"]


def test_several_inputs_and_several_outputs():
    interface = Interface(
        {"a": Shape((2,)), "b": Shape((3,))}, {"p": Shape((1,)), "q": Shape((2,))}
    )
    lines = (
        "  - concat: [a, b]\n    name: both\n  - linear: 1\n    name: p\n"
        "  - linear: 2\n    from: both\n    name: q\n"
    )
    network, _ = built(lines, interface)
    values = network({"a": torch.randn(4, 2), "b": torch.randn(4, 3), "other": torch.randn(1)})
    assert {name: tuple(value.shape) for name, value in values.items()} == {
        "p": (4, 1),
        "q": (4, 2),
    }
    assert network.inputs == ("a", "b")


def test_the_same_input_twice():
    network, _ = built("  - linear: 3\n    name: x\n  - add: [x, x]\n  - linear: auto\n")
    x = torch.randn(2, 6)
    expected = network.get_submodule("linear")(2 * network.get_submodule("x")(x))
    assert torch.equal(network({"features": x})["y"], expected)


def test_the_same_seed_gives_the_same_network():
    lines = "  - residual: {channels: 4}\n  - dropout\n  - flatten\n  - linear: auto\n"
    one, two, other = (built(lines, PICTURES, BLOCK, seed=seed)[0] for seed in (3, 3, 4))
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name])
    assert not torch.equal(one.state_dict()["linear.weight"], other.state_dict()["linear.weight"])


def test_results_are_let_go_after_their_last_use():
    network, _ = built("  - linear: 4\n" * 3 + "  - linear: auto\n")
    made, alive = [], []

    def watch(module, inputs, output):
        alive.append(sum(ref() is not None for ref in made))
        made.append(weakref.ref(output))

    for module in network.children():
        module.register_forward_hook(watch)
    with torch.no_grad():
        network({"features": torch.randn(2, 6)})
    gc.collect()
    assert alive == [0, 1, 1, 1]


def test_a_copy_has_weights_of_its_own_and_uses_them():
    network, _ = built("  - linear: 4\n  - linear: auto\n")
    other = copy.deepcopy(network)
    x = {"features": torch.randn(2, 6)}
    before = network(x)["y"]
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.zero_()
    assert torch.equal(network(x)["y"], before)
    assert not other(x)["y"].any()


def test_a_graph_with_problems_is_not_built():
    text = (
        "netwright: 1\ndata: {source: a.csv, target: y}\nmodel:\n  - conv2d: 4\n  - linear: auto\n"
    )
    problems = Problems(text)
    graph = infer(read_spec(read(text, problems), CATALOG, problems), TABLE, CATALOG, problems)
    with pytest.raises(ValueError, match="has problems"):
        build(graph)
    with pytest.raises(ValueError, match="no outputs"):
        build(Graph({}, (), {}))

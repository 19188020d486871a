"""Every layer of the catalog as Python source: run, it computes what the live layer computes."""

import importlib.util
from pathlib import Path

import torch
from torch import nn

from nnspec.build import Network, build
from nnspec.graph import Graph, Node
from nnspec.problems import Span
from nnspec.python_source import NetworkSource, network_source


def _layers_battery():
    """The neighbouring battery, whose configurations are used here."""
    place = Path(__file__).with_name("test_layers.py")
    spec = importlib.util.spec_from_file_location("layers_battery", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BATTERY = _layers_battery()
ROUNDS = 400
ENOUGH = 8


def node_of(name, kind, layer, inputs, result):
    place = (("model", 0), Span(0, 0), 0, None)
    return Node(name, name, kind, layer, tuple(inputs), BATTERY.known(result), 0, 0, *place)


def graph_of(kind, layer, inputs, result, name="layer"):
    names = [f"input{place}" for place in range(len(inputs))]
    fixed = dict(zip(names, map(BATTERY.known, inputs), strict=True))
    return Graph(fixed, (node_of(name, kind, layer, names, result),), {"y": name})


def executed(source: NetworkSource) -> nn.Module:
    lines = ["import torch", "from torch import Tensor, nn", *source.imports, *source.definitions]
    text = "\n\n".join(("from __future__ import annotations", *lines))
    names = {"__name__": "written"}
    exec(compile(text, "written", "exec"), names)  # noqa: S102 - it is what is tested
    return names[source.name]()


def answers(network, values):
    """What a network computes, with the same random numbers each time."""
    torch.manual_seed(2)
    given = (values,) if isinstance(network, Network) else tuple(values.values())
    found = network(*given)
    return found if isinstance(found, dict) else {"y": found}


def both(graph, title=None):
    """The live network and the one of the written source, with the same weights."""
    torch.manual_seed(1)
    live, source = build(graph), network_source(graph, title)
    written = executed(source)
    written.load_state_dict({source.state_name(n): v for n, v in live.state_dict().items()})
    return live, written


def assert_same(live, written, graph):
    values = {name: BATTERY.batch(graph.inputs[name], 3, "cpu") for name in live.inputs}
    expected, found = answers(live, values), answers(written, values)
    for name, value in expected.items():
        assert torch.equal(value, found[name]), name


@BATTERY.each_kind
def test_the_source_computes_the_same(kind):
    done = 0
    for layer, inputs, result in BATTERY.taken(kind, rounds=ROUNDS):
        graph = graph_of(kind, layer, inputs, result)
        live, written = both(graph)
        for training in (False, True):
            assert_same(live.train(training), written.train(training), graph)
        done += 1
        if done == ENOUGH:
            break
    assert done > 0


def test_all_layers_in_one_file_keep_apart():
    """Helpers of the same name in different modules are renamed, and no class hides another."""
    inputs, nodes = {}, []
    for kind in BATTERY.KINDS:
        layer, shapes, result = next(BATTERY.taken(kind, rounds=ROUNDS))
        names = [f"{kind.name}_in{place}" for place in range(len(shapes))]
        inputs |= dict(zip(names, map(BATTERY.known, shapes), strict=True))
        nodes.append(node_of(f"the_{kind.name}", kind, layer, names, result))
    graph = Graph(inputs, tuple(nodes), {node.name: node.id for node in nodes})
    live, written = both(graph, "all of them")
    assert_same(live.eval(), written.eval(), graph)

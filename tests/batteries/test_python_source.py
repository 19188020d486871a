"""Every layer of the catalog as Python source: run, it computes what the live layer computes."""

import importlib.util
from pathlib import Path

import pytest
import torch
from torch import nn

from nnspec.build import build
from nnspec.graph import Graph, Node
from nnspec.problems import Span
from nnspec.python_source import NetworkSource, network_source
from nnspec.shapes import Shape


def _layers_battery():
    """The neighbouring battery, whose configurations are used here."""
    place = Path(__file__).with_name("test_layers.py")
    spec = importlib.util.spec_from_file_location("layers_battery", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BATTERY = _layers_battery()
ROUNDS = 24


def graph_of(kind, layer, inputs, result, name="layer"):
    names = [f"input{place}" for place in range(len(inputs))]
    fixed = dict(zip(names, map(BATTERY.known, inputs), strict=True))
    node = Node(name, name, kind, layer, tuple(names), result, 0, 0, ("model", 0), Span(0, 0), 0, None)
    return Graph(fixed, (node,), {"y": name})


def executed(source: NetworkSource) -> nn.Module:
    lines = ["import torch", "from torch import Tensor, nn", *source.imports, *source.definitions]
    names = {"__name__": "written"}
    exec(compile("\n\n".join(("from __future__ import annotations", *lines)), "written", "exec"), names)  # noqa: S102
    return names[source.name]()


@BATTERY.each_kind
def test_the_source_computes_the_same(kind):
    done = 0
    for layer, inputs, result in BATTERY.taken(kind, rounds=ROUNDS):
        inputs = tuple(map(BATTERY.known, inputs))
        graph = graph_of(kind, layer, inputs, result)
        torch.manual_seed(1)
        live = build(graph)
        source = network_source(graph)
        written = executed(source)
        state = {source.state_name(name): value for name, value in live.state_dict().items()}
        written.load_state_dict(state)
        for training in (False, True):
            live.train(training), written.train(training)
            values = {name: BATTERY.batch(x, 3, "cpu") for name, x in graph.inputs.items()}
            answers = []
            for call in (lambda: live(values)["y"], lambda: written(*values.values())):
                torch.manual_seed(2)
                answers.append(call())
            assert torch.equal(answers[0], answers[1]), source.definitions[-1]
        done += 1
    assert done > 0


def test_all_layers_in_one_file_keep_apart():
    """Helpers of the same name in different modules are renamed, and no class hides another."""
    inputs, nodes, before = {}, [], []
    for kind in BATTERY.KINDS:
        layer, shapes, result = next(BATTERY.taken(kind, rounds=200))
        names = [f"{kind.name}_in{place}" for place in range(len(shapes))]
        inputs |= dict(zip(names, map(BATTERY.known, shapes), strict=True))
        place = ("model", len(nodes))
        nodes.append(
            Node(f"the_{kind.name}", f"the_{kind.name}", kind, layer, tuple(names), BATTERY.known(result), 0, 0, place, Span(0, 0), 0, None)
        )
        before.append(layer)
    graph = Graph(inputs, tuple(nodes), {node.name: node.id for node in nodes})
    torch.manual_seed(1)
    live = build(graph).eval()
    source = network_source(graph, "all of them")
    written = executed(source).eval()
    written.load_state_dict({source.state_name(n): v for n, v in live.state_dict().items()})
    values = {name: BATTERY.batch(x, 3, "cpu") for name, x in inputs.items()}
    torch.manual_seed(2)
    expected = live(values)
    torch.manual_seed(2)
    answers = written(*(values[name] for name in source.inputs))
    for name, value in expected.items():
        assert torch.equal(value, answers[name]), name

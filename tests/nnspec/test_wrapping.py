"""Layers that wrap another: read with its settings, counted as built, mistakes said in place."""

import pytest
import torch

from nnspec.build import build
from nnspec.catalog import Catalog
from nnspec.comparison import Side, compare
from nnspec.document import analyse
from nnspec.python_source import network_source
from nnspec.shapes import Interface, Shape

CATALOG = Catalog.discover()
PICTURES = Interface({"image": Shape((1, 8, 8))}, {"label": Shape((10,))}, "image")
HEAD = "netwright: 1\ndata: {source: digits/, target: label}\n"
SPEC = (
    HEAD
    + """\
params: {width: 4}
blocks:
  seen: {params: {more: 2}, layers: [{spectral_norm: {conv2d: {out_channels: $more}}}, relu]}
model:
  - spectral_norm: {conv2d: {out_channels: $width, stride: 2}}
    name: first
  - seen: 4
  - weight_norm: {conv2d: 4}
    repeat: 2
  - spectral_norm: depthwise_conv2d
  - flatten
  - spectral_norm: {linear: auto}
"""
)


def analysed(text, interface=PICTURES):
    return analyse(text, CATALOG, interface)


def codes(layer, rest=""):
    text = f"{HEAD}{rest}model:\n  - {layer}\n  - flatten\n  - linear: auto\n"
    return [(p.code, p.path) for p in analysed(text).problems]


def test_a_network_of_wrapped_layers_is_counted_as_it_is_built():
    analysis = analysed(SPEC)
    assert analysis.problems == ()
    first, *_, last = analysis.graph.nodes
    assert (first.id, first.kind.name, first.kind.inner.name) == (
        "first",
        "spectral_norm",
        "conv2d",
    )
    assert first.layer.inner.out_channels == 4
    assert last.layer.inner.out_features == 10
    network = build(analysis.graph)
    counted = sum(node.parameters for node in analysis.graph.nodes)
    assert sum(p.numel() for p in network.parameters()) == counted
    assert network({"image": torch.rand(3, 1, 8, 8)})["label"].shape == (3, 10)


def test_the_weights_are_held_back():
    torch.manual_seed(0)
    network = build(analysed(SPEC).graph)
    for _ in range(30):
        network({"image": torch.rand(2, 1, 8, 8)})
    weight = network.eval().get_submodule("spectral_norm_2").weight.detach()
    assert torch.linalg.matrix_norm(weight, 2).item() == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize(
    ("layer", "code", "path"),
    [
        ("spectral_norm", "layer.wraps", "model[0]"),
        ("spectral_norm: {}", "layer.wraps", "model[0]"),
        ("spectral_norm: {conv2d: 4, linear: 3}", "layer.wraps", "model[0]"),
        ("spectral_norm: relu", "layer.wraps", "model[0]"),
        ("spectral_norm: {lstm: 4}", "layer.wraps", "model[0]"),
        ("spectral_norm: {weight_norm: {linear: 4}}", "layer.wraps", "model[0]"),
        ("spectral_norm: {conv2 : 4}", "layer.unknown", "model[0].spectral_norm"),
        ("spectral_norm: 3", "layer.unknown", "model[0].spectral_norm"),
        ("spectral_norm: [conv2d]", "layer.wraps", "model[0]"),
        ("spectral_norm: conv2d", "value.missing", "model[0].spectral_norm.conv2d"),
        (
            "spectral_norm: {conv2d: {out_chanels: 4}}",
            "key.unknown",
            "model[0].spectral_norm.conv2d.out_chanels",
        ),
        (
            "spectral_norm: {conv2d: {out_channels: 0}}",
            "value.range",
            "model[0].spectral_norm.conv2d.out_channels",
        ),
        ("spectral_norm: {linear: 4}", "shape.mismatch", "model[0].spectral_norm.linear"),
        ("spectral_norm: {mine: }", "layer.wraps", "model[0]"),
    ],
)
def test_one_mistake_is_one_problem_at_the_inner_layer(layer, code, path):
    blocks = "blocks: {mine: {layers: [relu]}}\n"
    found = [each for each in codes(layer, blocks) if each[0] != "block.unused"]
    assert (code, path) in found, found
    assert {each[0] for each in found} <= {code, "value.missing"}


@pytest.mark.parametrize("written", ["{linear: 5}", "{linear: {out_features: 5}}"])
def test_fixes_lead_to_sound_texts(written):
    text = f"{HEAD}model: [flatten, {{spectral_norm: {written}}}]\n"
    problems = [problem for problem in analysed(text).problems if problem.fix]
    for problem in problems:
        assert analysed(problem.fix.edit.apply(text)).problems == ()
    assert problems


def test_a_fix_of_the_inner_layer():
    text = SPEC.replace("stride: 2", "groups: 3", 1)
    (problem,) = analysed(text).problems
    assert problem.message.startswith("'first' cannot divide")
    mended = problem.fix.edit.apply(text)
    assert "groups: 1" in mended
    assert analysed(mended).problems == ()


def test_weights_are_shared_with_what_they_are_wrapped_in():
    text = HEAD + (
        "model:\n  - flatten\n  - linear: 8\n  - spectral_norm: {linear: 8}\n    name: one\n"
        "  - spectral_norm:\n    share: one\n  - linear: auto\n"
    )
    analysis = analysed(text)
    assert analysis.problems == ()
    assert analysis.graph.nodes[3].shares == "one"
    other = analysed(text.replace("share: one", "share: gone"))
    assert "share.unknown" in [problem.code for problem in other.problems]


def test_a_difference_within_is_told():
    def side(text):
        return Side(analysed(text).graph, {})

    (one,) = compare(side(SPEC), side(SPEC.replace("stride: 2", "kernel_size: 5, stride: 2")))
    assert one.words == "first, conv2d.kernel_size: 3 -> 5"
    other = compare(
        side(SPEC), side(SPEC.replace("{linear: auto}", "{linear: {out_features: 10}}"))
    )
    assert other == ()


def test_source_says_how_weights_are_made():
    source = network_source(analysed(SPEC).graph, "Held")
    text = "\n".join(source.definitions)
    assert "spectral_norm(PaddedConv2d(1, 4, kernel_size=3, stride=2))" in text
    assert "from torch.nn.utils.parametrizations import weight_norm" in source.imports

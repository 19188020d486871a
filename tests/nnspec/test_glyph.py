"""Small pictures of networks: what is seen in them, and that nothing leaves the frame."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.glyph import HEIGHT, WIDTH, glyph
from nnspec.glyph_marks import COLOURS
from nnspec.shapes import Interface, Shape

CATALOG = Catalog.discover()
PICTURE = Interface({"image": Shape((3, 32, 32))}, {"y": Shape((4,))})
TABLE = Interface({"features": Shape((3,))}, {"y": Shape((2,))})


def drawn(model, interface=TABLE):
    analysis = analyse(f"netwright: 1\ndata: {{source: x.csv}}\n{model}\n", CATALOG, interface)
    assert not [problem for problem in analysis.problems if problem.severity == "error"]
    text = glyph(analysis.graph)
    return text, ElementTree.fromstring(text)  # noqa: S314 - it is our own


def parts(root, tag):
    return root.findall(f"{{http://www.w3.org/2000/svg}}{tag}")


def numbers(text):
    """Every number of the places in a picture."""
    written = re.findall(r'(?:x|y|cx|cy|d|height|width)="([^"]*)"', text)
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", " ".join(written))]


def test_a_vector_is_a_dot_for_each_number_and_a_line_for_each_weight():
    _, root = drawn("model: [{linear: 5}, relu, {linear: auto}]")
    assert len(parts(root, "circle")) == 3 + 5 + 2  # the relu is left out
    lines = [path.attrib["d"].count("M") for path in parts(root, "path")]
    assert lines == [3 * 5, 5 * 2]


def test_a_long_vector_is_a_bar():
    _, root = drawn("model: [{linear: 64}, {linear: auto}]")
    (bar,) = parts(root, "rect")
    assert bar.attrib["fill"] == COLOURS["Linear"]
    assert float(bar.attrib["height"]) > 60


def test_a_picture_is_a_box_that_gets_smaller_as_it_does():
    model = "model: [{conv2d: 8}, {max_pool2d: 2}, {max_pool2d: 2}, flatten, {linear: auto}]"
    _, root = drawn(model, PICTURE)
    fronts = [float(rect.attrib["height"]) for rect in parts(root, "rect")]
    assert len(fronts) == 4  # the picture itself and three layers; flatten is a vector
    assert fronts[0] == fronts[1] > fronts[2] > fronts[3]


def test_a_shortcut_is_an_arc_and_branches_stand_above_one_another():
    model = """model:
  - linear: 4
    name: a
  - linear: 4
    name: b
  - add: [a, b]
  - linear: auto"""
    _, root = drawn(model)
    arcs = [path for path in parts(root, "path") if "C" in path.attrib["d"]]
    assert len(arcs) == 1
    branches = """model:
  - linear: 4
    from: features
    name: left
  - linear: 4
    from: features
    name: right
  - concat: [left, right]
  - linear: auto"""
    _, root = drawn(branches)
    assert not [path for path in parts(root, "path") if "C" in path.attrib["d"]]
    columns: dict[str, list[float]] = {}
    for dot in parts(root, "circle"):
        columns.setdefault(dot.attrib["cx"], []).append(float(dot.attrib["cy"]))
    assert [len(places) for _, places in sorted(columns.items(), key=lambda c: float(c[0]))] == [
        3,
        8,  # four on the left branch and four on the right one, in one column
        8,
        2,
    ]


def test_tokens_are_a_row_and_their_lengths_are_not_drawn():
    text = Interface(
        {"message": Shape((20,), "int"), "message_length": Shape((), "int")},
        {"y": Shape((2,))},
        "message",
        frozenset({"message_length"}),
    )
    model = """model:
  - embedding: {num_embeddings: 50, embedding_dim: 8}
    name: seen
  - gru: {hidden_size: 16}
    from: [seen, message_length]
  - linear: auto"""
    _, root = drawn(model, text)
    rows = [rect for rect in parts(root, "rect") if rect.attrib.get("rx") == "1"]
    assert len(rows) == 10  # five teeth of the tokens, five of their vectors


def test_each_of_several_models_has_a_line_of_its_own():
    models = """models:
  painter: {input: {z: [4]}, layers: [{linear: 5}]}
  critic: {input: features, layers: [{linear: 1}]}
train:
  losses:
    - mse: {of: "critic(features) + sum(painter(normal(4)))", against: 0}"""
    _, root = drawn(models)
    heights = [float(dot.attrib["cy"]) for dot in parts(root, "circle")]
    assert len(heights) == 4 + 5 + 3 + 1
    assert max(heights[:9]) < HEIGHT / 2 < min(heights[9:])


@pytest.mark.parametrize(
    "layers",
    [
        ", ".join(["{conv2d: 16}"] * 60),
        ", ".join(["{conv2d: {out_channels: 4096, kernel_size: 1, stride: 2}}"] * 3),
        "flatten",
        "global_avg_pool",
    ],
)
def test_nothing_leaves_the_frame(layers):
    text, root = drawn(f"model: [{layers}, flatten, {{linear: auto}}]", PICTURE)
    assert root.attrib["viewBox"] == f"0 0 {WIDTH} {HEIGHT}"
    assert max(numbers(text)) <= WIDTH
    for rect in parts(root, "rect"):
        bottom = float(rect.attrib["y"]) + float(rect.attrib["height"])
        assert 0 <= float(rect.attrib["y"]) < bottom <= HEIGHT
        assert 0 <= float(rect.attrib["x"]) + float(rect.attrib["width"]) <= WIDTH


def test_a_network_of_unknown_shapes_can_be_drawn():
    graph = analyse("netwright: 1\nmodel: [{linear: 4}, {linear: 2}]\n", CATALOG, None).graph
    assert glyph(graph).startswith("<svg")
    assert glyph(analyse("netwright: 1\n", CATALOG, None).graph).endswith("</svg>\n")

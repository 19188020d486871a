"""Several models in one spec: read, expanded, and built into networks that compute."""

import pytest
import torch

from nnspec.build import build, build_models
from nnspec.shapes import Shape
from tests.nnspec.objective_specs import GAN, LABELLED, PICTURES, SPECS, TABLE, TASKS, VAE, analysed

TEACHER = """\
netwright: 1
data: {source: digits/, target: label}
models:
  teacher: {input: image, layers: [flatten, {linear: 64}, {linear: auto}]}
  student: {input: image, layers: [flatten, {linear: auto}]}
outputs: {label: student}
train:
  steps:
    - update: teacher
      losses: [{cross_entropy: {of: teacher(image), against: label}}]
    - update: student
      losses:
        - mse: {of: "softmax(student(image))", against: "stop_gradient(softmax(teacher(image)))"}
"""
SHARED = """\
netwright: 1
data: {source: pairs/}
blocks:
  body: {layers: [flatten, {linear: 16}, relu]}
models:
  tower:
    input: {left: image, right: image, flag: {sizes: [], int: true}, more: [3]}
    layers:
      - body:
        from: left
        name: one
      - body:
        from: right
        share: one
        name: two
      - concat: [one, two, more]
      - linear: 1
train: {losses: [{minimize: "tower(image, shuffle(image), one_hot(1, 3), normal(3))"}]}
"""


def codes(text, interface):
    return [problem.code for problem in analysed(text, interface).problems]


def test_the_graph_of_several_models():
    graph = analysed(GAN, LABELLED).graph
    assert graph.inputs == {
        "image": Shape((1, 28, 28)),
        "painter/z": Shape((64,)),
        "critic/image": Shape((1, 28, 28)),
    }
    assert [node.id for node in graph.nodes] == [
        "painter/linear",
        "painter/sigmoid",
        "painter/reshape",
        "critic/conv2d",
        "critic/seen",
        "critic/flatten",
        "critic/linear",
    ]
    assert graph.nodes[0].inputs == ("painter/z",)
    assert graph.nodes[3].path == ("models", "critic", "layers", 0)
    assert graph.models["critic"].result == "critic/linear"
    assert graph.models["critic"].names == {"seen": "critic/seen"}
    assert graph.models["painter"].shape == Shape((1, 28, 28))


def test_networks_compute_what_formulas_ask_for():
    networks = build_models(analysed(GAN, LABELLED).graph)
    pictures = networks["painter"](torch.randn(5, 64))["output"]
    assert pictures.shape == (5, 1, 28, 28)
    judged = networks["critic"](pictures)
    assert judged["output"].shape == (5, 1)
    assert judged["seen"].shape == (5, 8, 14, 14)
    assert {name.split(".")[0] for name in networks.state_dict()} == {"painter", "critic"}


def test_parameters_belong_to_their_model():
    graph = analysed(GAN, LABELLED).graph
    networks = build_models(graph)
    for name in graph.models:
        counted = sum(node.parameters for node in graph.nodes if node.id.startswith(f"{name}/"))
        assert sum(weights.numel() for weights in networks[name].parameters()) == counted


@pytest.mark.parametrize("name", [name for name, (text, _) in SPECS.items() if "models:" in text])
def test_every_real_spec_is_built_and_runs(name):
    text, interface = SPECS[name]
    graph = analysed(text, interface).graph
    networks = build_models(graph)
    for model, part in graph.models.items():
        batch = [
            torch.zeros(2, *shape.sizes, dtype=torch.long if shape.dtype == "int" else None)
            for shape in part.inputs.values()
        ]
        assert networks[model](*batch)["output"].shape == (2, *part.shape.sizes)


def test_a_model_that_answers_for_a_target():
    graph = analysed(TEACHER, LABELLED).graph
    assert codes(TEACHER, LABELLED) == []
    assert graph.outputs == {"label": "student/linear"}
    networks = build_models(graph)
    assert networks.outputs == ("label",)
    image = torch.rand(3, 1, 28, 28)
    answers = networks({"image": image})
    assert torch.equal(answers["label"], networks["student"](image)["output"])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("outputs: {label: student}", "outputs: {label: studnt}", "output.unknown"),
        ("outputs: {label: student}", "outputs: {lable: student}", "output.target"),
        ("[flatten, {linear: auto}]}\nout", "[flatten, {linear: 9}]}\nout", "output.shape"),
        ("student: {input: image", "student: {input: {x: image}", "output.inputs"),
        ("teacher: {input: image", "label: {input: image", "name.taken"),
        ("teacher: {input: image", "mean: {input: image", "name.reserved"),
        ("teacher: {input: image", "teacher: {inputs: image", "key.unknown"),
        (
            "teacher: {input: image, layers: [",
            "teacher: {input: image, layers: [lineer, ",
            "layer.unknown",
        ),
        ("teacher: {input: image", "teacher: {input: [image, image]", "name.taken"),
        ("teacher: {input: image", "teacher: {input: {image: , z: [4]}", "input.which"),
    ],
)
def test_mistakes_in_models(old, new, code):
    assert old in TEACHER
    assert code in codes(TEACHER.replace(old, new, 1), LABELLED)


@pytest.mark.parametrize(
    "models",
    [
        "[]",
        "{}",
        "3",
        "{a: 3}",
        "{a: {input: 3}}",
        "{a: {layers: 3}}",
        "{a: {input: {z: {sizes: 3, more: 1}}, layers: []}}",
        "{a: }",
    ],
)
def test_models_of_the_wrong_form_are_problems(models):
    text = f"netwright: 1\ndata: {{source: digits/}}\nmodels: {models}\n"
    for interface in (PICTURES, None):
        assert analysed(text, interface).problems


def test_shared_blocks_and_own_inputs():
    # one_hot of what is no whole number, and flag
    assert codes(SHARED, PICTURES) == ["input.unused", "formula.shape"]
    text = SHARED.replace("one_hot(1, 3)", "label")
    networks = build_models(analysed(text, LABELLED).graph)
    assert codes(text, LABELLED) == ["input.unused"]  # flag
    image = torch.rand(2, 1, 28, 28)
    flag, more = torch.zeros(2, dtype=torch.long), torch.rand(2, 3)
    assert networks["tower"](image, image, flag, more)["output"].shape == (2, 1)
    weights = {name for name, _ in networks.named_parameters()}
    assert sum(name.endswith("weight") for name in weights) == 2


def test_items_that_formulas_mention_come_out_of_a_single_network():
    network = build(analysed(VAE, PICTURES).graph)
    results = network({"image": torch.rand(4, 1, 28, 28)})
    assert results["mean"].shape == (4, 8)
    assert results["output"].shape == (4, 1, 28, 28)
    network = build(analysed(TASKS, TABLE).graph)
    assert network.outputs == ("price", "kind")
    results = network({"features": torch.rand(4, 14)})
    assert torch.equal(results["price"], results["price_head"])


def test_a_graph_without_models_builds_no_networks():
    with pytest.raises(ValueError, match="no models"):
        build_models(analysed(VAE, PICTURES).graph)

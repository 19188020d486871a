"""From a text to a graph: order, shapes, counts, and every mistake that can be made on the way."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnspec
from nnspec.catalog import Catalog
from nnspec.graph import infer
from nnspec.problems import Problems, has_errors
from nnspec.reader import read_spec
from nnspec.shapes import Interface, Shape
from nnspec.syntax import read

CATALOG = Catalog.discover()
TABLE = Interface({"features": Shape((14,))}, {"income": Shape((2,))}, "features")
PICTURES = Interface({"image": Shape((1, 28, 28))}, {"label": Shape((10,))}, "image")
SERIES = Interface({"series": Shape((30, 4))}, {"load": Shape((1,))}, "series")
BOTH = Interface({"photo": Shape((3, 8, 8)), "facts": Shape((5,))}, {"price": Shape((1,))})

RESIDUAL = """\
netwright: 1
params: {width: 32}
data: {source: fashion/, target: label}
blocks:
  residual:
    params: {channels: null, stride: 1}
    layers:
      - conv2d: {out_channels: $channels, kernel_size: 3, stride: $stride}
      - batch_norm
      - relu
      - conv2d: {out_channels: $channels, kernel_size: 3}
      - batch_norm:
        name: body
      - conv2d: {out_channels: $channels, kernel_size: 1, stride: $stride}
        from: input
        name: skip
      - add: [body, skip]
      - relu
model:
  - conv2d: {out_channels: $width, kernel_size: 3}
  - relu
  - residual: {channels: $width}
    repeat: 2
  - residual: {channels: "${width * 2}", stride: 2}
  - global_avg_pool
  - linear: auto
"""
HEAD = "netwright: 1\ndata: {source: a.csv, target: income}\n"


def inferred(text, interface=TABLE):
    problems = Problems(text)
    spec = read_spec(read(text, problems), CATALOG, problems)
    graph = infer(spec, interface, CATALOG, problems)
    return graph, problems.sorted()


def model(*lines, interface=TABLE, head=HEAD):
    text = head + "model:\n" + "".join(f"  {line}\n" for line in lines)
    return (*inferred(text, interface), text)


def sound(*lines, interface=TABLE):
    graph, problems, _ = model(*lines, interface=interface)
    assert not problems, problems
    return graph


def test_a_residual_network():
    graph, problems = inferred(RESIDUAL, PICTURES)
    assert not problems
    assert len(graph.nodes) == 2 + 3 * 8 + 2
    nodes = {node.id: node for node in graph.nodes}
    assert graph.outputs == {"label": "linear"}
    assert nodes["residual.1/skip"].inputs == ("relu",)
    assert nodes["residual.2/skip"].inputs == ("residual.1/relu_2",)
    assert nodes["residual_2/add"].inputs == ("residual_2/body", "residual_2/skip")
    assert nodes["residual_2/add"].shape == Shape((64, 14, 14))
    assert nodes["linear"].shape == Shape((10,))
    assert nodes["residual.2/body"].item == 2
    assert nodes["residual_2/conv2d"].parameters == 64 * 32 * 9 + 64
    assert nodes["residual_2/conv2d"].macs == 64 * 32 * 9 * 14 * 14
    assert nodes["residual_2/conv2d"].path == ("blocks", "residual", "layers", 0)
    seen = {"image"}
    for node in graph.nodes:
        assert set(node.inputs) <= seen
        seen.add(node.id)


def test_a_table_network():
    graph = sound("- linear: 64", "- relu", "- dropout: 0.1", "- linear: auto")
    assert [node.id for node in graph.nodes] == ["linear", "relu", "dropout", "linear_2"]
    assert [node.parameters for node in graph.nodes] == [960, 0, 0, 130]
    assert graph.nodes[-1].layer.out_features == 2


def test_a_sequence_network():
    graph = sound(
        "- lstm: {hidden_size: 8, output: sequence}",
        "- lstm: 8",
        "- linear: auto",
        interface=SERIES,
    )
    assert [str(node.shape) for node in graph.nodes] == ["30 x 8", "8", "1"]


def test_several_inputs():
    graph = sound(
        "- conv2d: 4",
        "  from: photo",
        "- global_avg_pool:",
        "  name: seen",
        "- linear: 3",
        "  from: facts",
        "  name: known",
        "- concat: [seen, known]",
        "- linear: auto",
        interface=BOTH,
    )
    assert graph.nodes[3].shape == Shape((7,))
    assert graph.nodes[2].inputs == ("facts",)


def test_shared_weights_count_once():
    graph = sound(
        "- linear: {out_features: 14, bias: false}",
        "  name: first",
        "- relu",
        "- linear:",
        "  share: first",
        "  name: second",
        "- linear:",
        "  share: second",
        "- linear: auto",
    )
    first, _, second, third, _ = graph.nodes
    assert (first.shares, second.shares, third.shares) == (None, "first", "first")
    assert [first.parameters, second.parameters, third.parameters] == [196, 0, 0]
    assert second.layer == first.layer


def test_a_shared_block_shares_each_layer():
    head = HEAD + "blocks:\n  step:\n    params: {n: 14}\n    layers: [{linear: $n}, relu]\n"
    graph, problems, _ = model(
        "- step:", "  name: one", "- step:", "  share: one", "- linear: auto", head=head
    )
    assert not problems
    by_id = {node.id: node for node in graph.nodes}
    assert by_id["step/linear"].shares == "one/linear"
    assert by_id["step/relu"].shares == "one/relu"


def test_repetitions_follow_each_other_and_take_parameters():
    head = HEAD + "params: {depth: 3}\n"
    graph, problems, _ = model("- linear: 14", "  repeat: $depth", "- linear: auto", head=head)
    assert not problems
    assert [node.id for node in graph.nodes] == ["linear.1", "linear.2", "linear.3", "linear_2"]
    assert [node.inputs[0] for node in graph.nodes] == [
        "features",
        "linear.1",
        "linear.2",
        "linear.3",
    ]


def test_names_are_unique_though_a_user_took_one():
    graph = sound("- linear: 3", "- linear: 3", "  name: linear_3", "- linear: 3", "- linear: auto")
    assert [node.id for node in graph.nodes] == ["linear", "linear_3", "linear_2", "linear_4"]


def test_a_parameter_may_be_worked_out_from_those_above_it():
    head = HEAD + 'params: {w: 4, double: "${w * 2}", deep: "${double + w}"}\n'
    graph, problems, _ = model("- linear: $deep", "- linear: auto", head=head)
    assert not problems
    assert graph.nodes[0].shape == Shape((12,))


def test_a_parameter_that_cannot_be_worked_out_is_one_problem():
    head = HEAD + 'params: {w: 4, double: "${v * 2}"}\ntrain: {epochs: $double}\n'
    _, problems, _ = model("- linear: $double", "- linear: $w", "- linear: auto", head=head)
    assert [problem.code for problem in problems] == ["expression.unknown"]


def test_a_block_default_may_name_a_parameter_of_the_document():
    head = HEAD + "params: {w: 5}\nblocks: {b: {params: {n: $w}, layers: [{linear: $n}]}}\n"
    graph, problems, _ = model("- b", "- linear: auto", head=head)
    assert not problems
    assert graph.nodes[0].shape == Shape((5,))


def test_without_data_wiring_and_settings_are_checked_all_the_same():
    graph, problems, _ = model(
        "- linear: 4",
        "  from: image",
        "- liner: 3",
        "- linear: {out: 3}",
        "- linear: auto",
        interface=None,
    )
    assert {problem.code for problem in problems} == {"layer.unknown", "key.unknown"} | (
        {"value.missing"} & {problem.code for problem in problems}
    )
    assert all(node.shape is None for node in graph.nodes)
    assert graph.outputs == {"income": "linear_3"}


def test_behind_a_failure_nothing_more_is_reported():
    graph, problems, _ = model("- conv2d: 8", "- max_pool2d", "- lstm: 8", "- linear: auto")
    assert [problem.code for problem in problems] == ["shape.mismatch"]
    assert [node.shape for node in graph.nodes] == [None] * 4


def test_a_fault_names_layers_shapes_and_lines():
    text = RESIDUAL.replace("kernel_size: 1, stride: $stride", "kernel_size: 1")
    _, (problem,) = inferred(text, PICTURES)
    assert problem.message == "'add' receives different shapes"
    assert problem.details == (
        "body  64 x 14 x 14  (line 12)",
        "skip  64 x 28 x 28  (line 14)",
        "in 'residual', used on line 24",
    )
    assert (
        problem.hint == "put a 1x1 conv2d with 64 channels and stride 2 on the side of 64 x 28 x 28"
    )
    assert (problem.line, problem.column) == (17, 9)


def test_a_fault_in_a_repeated_block_is_told_once():
    text = RESIDUAL.replace("- batch_norm\n", "- group_norm: 7\n").replace(
        "repeat: 2", "repeat: 20"
    )
    _, problems = inferred(text, PICTURES)
    assert [problem.code for problem in problems] == ["shape.mismatch"]


def applied(problem, text):
    assert problem.fix is not None, problem
    return problem.fix.edit.apply(text)


def test_a_fix_of_a_setting_mends():
    _, (problem,), text = model(
        "- conv2d: {out_channels: 8, kernel_size: 31, padding: 0}  # big",
        "- flatten",
        "- linear: auto",
        interface=PICTURES,
    )
    assert problem.details == ("input  1 x 28 x 28  (data)",)
    mended = applied(problem, text)
    assert "# big" in mended
    assert not inferred(mended, PICTURES)[1]


@pytest.mark.parametrize("last", ["- linear: 5", "- linear: {out_features: 5}", "- relu"])
def test_a_fix_of_the_output_mends(last):
    _, (problem,), text = model("- linear: 9", last)
    assert problem.code == "output.shape"
    assert "'income' needs 2 numbers" in problem.message
    assert not inferred(applied(problem, text))[1]


def test_the_fix_of_an_unknown_name_mends():
    _, problems, text = model("- linaer: 9", "  name: one", "- linear: auto", "  from: onee")
    for problem in reversed(problems):
        text = applied(problem, text)
    assert not inferred(text)[1]


B = "blocks:\n"
MISTAKES = {
    # code: (head after the data section, lines of the model, data, what the message says)
    "layer.unknown": ("", ["- lsmt: 4", "- linear: auto"], TABLE, "unknown layer 'lsmt'"),
    "layer.wraps": ("", ["- spectral_norm: relu", "- linear: auto"], TABLE, "cannot wrap 'relu'"),
    "reference.unknown": (
        "",
        ["- relu", "- linear: auto", "  from: x"],
        TABLE,
        "no layer named 'x'",
    ),
    "reference.forward": (
        "",
        ["- add: [input, y]", "- linear: auto", "  name: y"],
        TABLE,
        "'y' comes later",
    ),
    "name.input": (
        "",
        ["- relu:", "  name: features", "- linear: auto"],
        TABLE,
        "an input of the data",
    ),
    "input.which": ("", ["- linear: auto"], BOTH, "does not say which"),
    "inputs.many": ("", ["- relu", "- linear: auto", "  from: [input, previous]"], TABLE, "gets 2"),
    "inputs.few": ("", ["- add", "- linear: auto"], TABLE, "two or more"),
    "repeat.inputs": (
        "",
        ["- relu", "- add: [previous, input]", "  repeat: 2", "- linear: auto"],
        TABLE,
        "cannot be repeated",
    ),
    "repeat.value": ("", ["- relu:", "  repeat: 1001", "- linear: auto"], TABLE, "from 1 to 1000"),
    "share.unknown": ("", ["- linear:", "  share: x", "- linear: auto"], TABLE, "'x'"),
    "share.kind": (
        "",
        ["- relu:", "  name: x", "- linear:", "  share: x", "- linear: auto"],
        TABLE,
        "'relu'",
    ),
    "share.repeat": (
        "",
        ["- linear: 14", "  name: x", "- linear:", "  share: x", "  repeat: 2", "- linear: auto"],
        TABLE,
        "repeated",
    ),
    "share.settings": (
        "",
        [
            "- linear: 14",
            "  name: x",
            "- linear: {out_features: 14, bias: false}",
            "  share: x",
            "- linear: auto",
        ],
        TABLE,
        "other settings",
    ),
    "share.shape": (
        "",
        ["- linear: 3", "  name: x", "- linear:", "  share: x", "- linear: auto"],
        TABLE,
        "takes 3",
    ),
    "output.unused": (
        "",
        ["- linear: 3", "- linear: auto", "  from: input"],
        TABLE,
        "nothing uses the result of 'linear'",
    ),
    "input.unused": ("", ["- linear: auto", "  from: facts"], BOTH, "'photo'"),
    "block.layers": (B + "  b: {layers: []}\n", ["- b", "- linear: auto"], TABLE, "no layers"),
    "block.recursive": (
        B + "  a: {layers: [b]}\n  b: {layers: [relu, a]}\n",
        ["- a", "- linear: auto"],
        TABLE,
        "back",
    ),
    "block.unused": (B + "  b: {layers: [relu]}\n", ["- linear: auto"], TABLE, "'b' is not used"),
    "block.too_deep": (
        B
        + "  b0: {layers: [relu]}\n"
        + "".join(f"  b{k}: {{layers: [b{k - 1}]}}\n" for k in range(1, 50)),
        ["- b49", "- linear: auto"],
        TABLE,
        "32 deep",
    ),
    "param.unused": ("params: {w: 3}\n", ["- linear: auto"], TABLE, "'w'"),
    "expression.unknown": ("", ["- linear: $w", "- linear: auto"], TABLE, "'w'"),
    "value.missing": (
        B + "  b: {params: {n: null}, layers: [{linear: $n}]}\n",
        ["- b", "- linear: auto"],
        TABLE,
        "block 'b' needs 'n'",
    ),
    "key.unknown": (
        B + "  b: {params: {n: 1}, layers: [{linear: $n}]}\n",
        ["- b: {m: 2}", "- linear: auto"],
        TABLE,
        "no parameter 'm'",
    ),
    "value.type": ("", ["- linear: many", "- linear: auto"], TABLE, "many"),
    "settings.none": ("", ["- relu: 4", "- linear: auto"], TABLE, "no settings"),
    "auto.target": (
        "",
        ["- linear: auto"],
        Interface({"features": Shape((3,))}, {"a": Shape((1,)), "b": Shape((1,))}, "features"),
        "2 targets",
    ),
    "model.too_many": ("", ["- relu:", "  repeat: 1000"] * 6 + ["- linear: auto"], TABLE, "5,000"),
    "layer.too_large": ("", ["- linear: 10000000000000", "- linear: auto"], TABLE, "GB"),
    "shape.mismatch": ("", ["- lstm: 4", "- linear: auto"], TABLE, "needs a sequence"),
    "output.shape": ("", ["- linear: 5"], TABLE, "needs 2 numbers"),
    "output.unknown": (
        "outputs: {income: haed}\n",
        ["- linear: auto", "  name: head"],
        TABLE,
        "'haed' is not the name",
    ),
    "output.target": (
        "outputs: {wage: head}\n",
        ["- linear: auto", "  name: head"],
        TABLE,
        "'wage'",
    ),
    "output.missing": (
        "",
        ["- linear: 1", "  name: a"],
        Interface({"x": Shape((3,))}, {"a": Shape((1,)), "b": Shape((1,))}),
        "named 'b'",
    ),
}
WARNINGS = {"output.unused", "input.unused", "block.unused", "param.unused"}


@pytest.mark.parametrize("code", MISTAKES)
def test_every_mistake_is_reported_at_its_place_with_a_hint(code):
    head, lines, interface, words = MISTAKES[code]
    _, problems, text = model(*lines, interface=interface, head=HEAD + head)
    found = [problem for problem in problems if problem.code == code]
    assert found, problems
    problem = found[0]
    assert words in problem.message
    assert problem.hint
    assert problem.severity == ("warning" if code in WARNINGS else "error")
    if code not in ("input.unused", "output.missing"):
        assert problem.span is not None
        assert problem.line > 2
        assert text[problem.span.start : problem.span.end].strip()
    others = {other.code for other in problems} - {code}
    further = {"auto.target": {"output.missing"}, "output.unknown": {"auto.target"}}
    assert others <= further.get(code, set()), problems


TWO = Interface(
    {"x": Shape((6, 4))}, {"price": Shape((1,)), "words": Shape((6, 9))}, optional=frozenset()
)


def test_several_targets_are_answered_by_items_named_in_outputs():
    graph, problems, _ = model(
        "- linear: auto",
        "  name: words",
        "- global_avg_pool",
        "- linear: auto",
        "  name: head",
        interface=TWO,
        head=HEAD + "outputs: {price: head}\n",
    )
    assert not problems
    assert graph.outputs == {"price": "head", "words": "words"}
    assert [str(node.shape) for node in graph.nodes] == ["6 x 9", "9", "1"]


def test_a_result_that_is_not_the_picture_the_target_needs():
    offer = Interface({"x": Shape((3, 8, 8))}, {"mask": Shape((2, 8, 8))})
    _, (problem,), _ = model("- conv2d: 5", interface=offer)
    assert "'mask' needs 2 x 8 x 8 (classes x height x width)" in problem.message
    assert problem.fix is not None
    assert not model("- conv2d: auto", interface=offer)[1]


def test_optional_inputs_are_no_default_and_may_stay_unused():
    offer = Interface(
        {"text": Shape((7,), "int"), "text_length": Shape((), "int")},
        {"y": Shape((2,))},
        optional=frozenset({"text_length"}),
    )
    lines = ["- embedding: {num_embeddings: 9, embedding_dim: 4}", "- lstm: 4", "- linear: auto"]
    graph, problems, _ = model(*lines, interface=offer)
    assert not problems
    assert graph.nodes[0].inputs == ("text",)


def test_an_empty_model():
    _, (problem,) = inferred(HEAD + "model: []\n")
    assert problem.code == "model.empty"


def test_every_code_is_tested():
    folder = Path(nnspec.__file__).parent
    names = ("graph", "expansion", "wiring", "definitions", "faults", "item_settings")
    texts = "".join((folder / f"{name}.py").read_text() for name in names)
    codes = set(re.findall(r'"([a-z]+\.[a-z_]+)"', texts))
    # An absent library is no mistake of the text: tests/nnspec/layers/test_dynamics.py has it.
    assert codes - {"model.empty", "layer.extra"} <= set(MISTAKES)


def test_an_unused_parameter_of_a_block_is_found_at_its_key():
    head = HEAD + "blocks:\n  b:\n    params:\n      n: 1\n    layers: [relu]\n"
    _, (problem,), _ = model("- b", "- linear: auto", head=head)
    assert (problem.code, problem.line, problem.column) == ("param.unused", 6, 7)


def test_a_parameter_used_by_training_or_repeat_is_used():
    head = HEAD + "params: {e: 3, r: 2}\ntrain: {epochs: $e}\n"
    _, problems, _ = model("- relu:", "  repeat: $r", "- linear: auto", head=head)
    assert not problems


def test_a_kind_without_name_is_no_reference():
    _, problems, _ = model("- tanh", "- relu", "- add: [tanh, previous]", "- linear: auto")
    assert problems[0].hint == "give that layer a name first, for example: name: my_tanh"


def test_what_other_programs_call_it_is_understood():
    _, problems, _ = model("- dense: 4", "- linear: auto")
    assert problems[0].hint == "did you mean 'linear'?"


@pytest.mark.parametrize(
    "blocks",
    [
        "  b0: {layers: [relu]}\n"
        + "".join(f"  b{k}: {{layers: [{{b{k - 1}: null, repeat: 1000}}]}}\n" for k in range(1, 9)),
        "".join(f"  b{k}: {{layers: [b{k + 1}, b{k + 1}]}}\n" for k in range(8))
        + "  b8: {layers: []}\n",
        "".join(f"  b{k}: {{layers: [b{k + 1}]}}\n" for k in range(8))
        + "  b8: {layers: [b8, b8]}\n",
    ],
    ids=["repeats", "empty", "itself"],
)
def test_a_bomb_of_blocks_is_refused_at_once(blocks):
    start = time.process_time()
    _, problems, _ = model("- b8", "- b0", "- linear: auto", head=HEAD + "blocks:\n" + blocks)
    assert has_errors(problems)
    assert time.process_time() - start < 2


def test_three_hundred_layers_take_little_time():
    lines = ["- conv2d: 8"] + ["- conv2d: 8", "- batch_norm", "- relu"] * 100
    text = (
        HEAD
        + "model:\n"
        + "".join(f"  {line}\n" for line in lines)
        + "  - flatten\n  - linear: auto\n"
    )
    problems = Problems(text)
    spec = read_spec(read(text, problems), CATALOG, problems)
    times = []
    for _ in range(5):
        start = time.process_time()
        graph = infer(spec, PICTURES, CATALOG, Problems(text))
        times.append(time.process_time() - start)
    assert len(graph.nodes) == 303
    assert min(times) < 0.1  # about 5 ms; this guards against squares, not against a busy machine


WORDS = [
    "relu",
    "linear",
    "conv2d",
    "b",
    "add",
    "auto",
    "input",
    "previous",
    "$w",
    "${w*2}",
    "x",
    "3",
    "[x, input]",
    "null",
    "lstm",
    "flatten",
    "{n: 3}",
    "{out_features: $n}",
    "-1",
    "1e9",
]
ITEM = st.builds(
    lambda kind, value, extra, other: f"- {kind}: {value}\n    {extra}: {other}",
    st.sampled_from([*WORDS[:5], "lstm", "flatten"]),
    st.sampled_from(WORDS),
    st.sampled_from(["name", "from", "repeat", "share"]),
    st.sampled_from(WORDS),
)


@settings(max_examples=150)
@given(
    st.lists(ITEM, max_size=6), st.lists(ITEM, max_size=3), st.sampled_from([TABLE, PICTURES, None])
)
def test_nothing_a_user_writes_raises(items, inner, interface):
    block = "".join(f"      {item.replace(chr(10), chr(10) + '    ')}\n" for item in inner)
    text = (
        f"{HEAD}params: {{w: 4}}\nblocks:\n  b:\n    params: {{n: 2}}\n    layers:\n{block}model:\n"
    )
    text += "".join(f"  {item}\n" for item in items)
    graph, problems = inferred(text, interface)
    if interface and items and not has_errors(problems):
        assert all(node.shape is not None for node in graph.nodes)

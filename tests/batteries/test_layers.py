"""Every layer of the catalog against torch: shapes, counts, gradients, determinism, words, YAML.

Settings and inputs are drawn from what each kind declares, so that a new layer is tested the day
its file is written. A configuration that the rule refuses must be refused in words; one that it
takes must build, and then shape and parameter count have to be torch's. An input called `edges`
gets pairs of rows. What sets a layer apart it says itself, in attributes: `stops_gradients`, and
`changes_rows` where the result has other rows than the inputs.
"""

import dataclasses
import random
from pathlib import Path

import pytest
import torch

from nnspec import layers
from nnspec.catalog import Catalog
from nnspec.emit import emit
from nnspec.params import REQUIRED, params_of, settings_of
from nnspec.problems import Problems, Span
from nnspec.settings import Place, read_settings
from nnspec.shapes import Fault, Shape
from nnspec.syntax import read

CATALOG = Catalog.discover({"layer": "nnspec.layers"})
KINDS = tuple(CATALOG.of("layer"))
WRAPPED = tuple(kind for kind in KINDS if kind.can_be_wrapped)
ROUNDS = 40
MOST_ROUNDS = 800
ENOUGH = 10
EDGES = Shape((2,), "int")
INPUTS = (
    Shape((8,)),
    Shape((12,)),
    Shape((1,)),
    Shape((6, 4)),
    Shape((9, 8)),
    Shape((1, 12)),
    Shape((4, 8, 8)),
    Shape((3, 7, 9)),
    Shape((8, 1, 1)),
    Shape((12, 5, 4)),
    Shape((5,), "int"),
    Shape((), "int"),
    Shape((2, 3, 4, 5)),
    Shape((4, 6, 6, 6)),
    Shape(()),
    Shape(("length", 8)),
    Shape(("length",), "int"),
)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def draw(setting, rng):
    """Draw one value that `setting` accepts, small enough to build."""
    options = []
    low = int(setting.low) if setting.low is not None else -2
    whole = [n for n in (low, low + 1, low + 2, 4, 8) if setting.high is None or n <= setting.high]
    for taken in setting.types:
        match taken:
            case "int":
                options += whole
            case "float":
                span = (setting.low or 0) if setting.low is not None else (setting.above or 0)
                most = setting.below if setting.high is None else setting.high
                steps = [span + step for step in (0.125, 0.5, 2.5)]
                options += [n for n in steps if most is None or n < most]
            case "bool":
                options += [True, False]
            case "str":
                options += setting.choices
            case "none":
                options += [None]
            case "list":
                length = rng.choice(setting.length or (2,))
                options += [tuple(rng.choice(whole) for _ in range(length)) for _ in range(3)]
            case _:
                assert taken == "auto"
    return rng.choice(options)


def drawn(kind, rng):
    """Draw one layer with inputs; about half of the settings stay at their defaults."""
    if kind.wraps:
        inner, inputs = drawn(rng.choice(WRAPPED), rng)
        return kind.make(inner), inputs
    values = {
        setting.name: draw(setting, rng)
        for setting in kind.params
        if setting.default is REQUIRED or rng.random() < 0.5
    }
    first = rng.choice(INPUTS)
    others = (rng.choice((first, first, rng.choice(INPUTS))) for _ in range(9))
    count = rng.randint(kind.fewest, kind.most or 3)
    names = ["input"] * count if kind.many else kind.takes[:count]
    inputs = [
        EDGES if is_edges(name) else x for name, x in zip(names, (first, *others), strict=False)
    ]
    return kind.make(**values), tuple(inputs)


def bare(layer):
    """The layer that has the settings: the inner one of a layer that wraps another."""
    return getattr(layer, "inner", layer)


def is_edges(name):
    return name.removesuffix("?") == "edges"


def configurations(kind, seed=0, rounds=ROUNDS):
    """Yield `rounds` layers with inputs, and more of a choosy kind, until enough were taken."""
    rng = random.Random(f"{kind.name} {seed}")
    count = 0
    for number in range(MOST_ROUNDS):
        if number >= rounds and count >= min(ENOUGH, rounds):
            return
        layer, inputs = drawn(kind, rng)
        count += isinstance(layer.shape(*inputs), Shape)
        yield layer, inputs


def known(x):
    """The shape with a number in place of an unknown length."""
    return Shape(tuple(7 if isinstance(size, str) else size for size in x.sizes), x.dtype)


def taken(kind, **choice):
    """Yield the configurations that the layer takes, with the shape that leaves."""
    for layer, inputs in configurations(kind, **choice):
        result = layer.shape(*inputs)
        if not isinstance(result, Fault):
            yield layer, inputs, result


def batches(kind, inputs, size, device):
    """One batch for each input; of edges there are twice as many as of rows."""
    names = ["input"] * len(inputs) if kind.many else kind.takes
    sizes = [2 * size if is_edges(name) else size for name in names]
    return [batch(x, size, device) for x, size in zip(inputs, sizes, strict=False)]


def batch(x, size, device):
    x = known(x)
    if x.dtype == "int":
        return torch.zeros((size, *x.sizes), dtype=torch.long, device=device)
    return torch.randn((size, *x.sizes), device=device)


def changes_rows(kind):
    return getattr(kind.make, "changes_rows", False)


def test_there_are_as_many_kinds_as_files():
    files = [path for path in Path(layers.__file__).parent.glob("*.py") if path.stem[0] != "_"]
    assert {kind.name for kind in KINDS} == {path.stem for path in files}
    assert len(KINDS) >= 30


def test_the_battery_is_large_enough():
    assert sum(1 for kind in KINDS for _ in configurations(kind)) >= 4000
    assert sum(1 for kind in KINDS for _ in taken(kind)) >= 1500


@each_kind
def test_words(kind):
    assert kind.summary.endswith(".")
    assert kind.summary[0].isupper()
    assert kind.group
    for setting in kind.params:
        assert setting.help.endswith("."), setting.name
        assert setting.help[0].isupper(), setting.name
    assert dataclasses.is_dataclass(kind.make)
    assert kind.make.__dataclass_params__.frozen


@each_kind
def test_some_configurations_are_taken_and_refusals_are_worded(kind):
    assert sum(1 for _ in taken(kind)) >= ENOUGH
    for layer, inputs in configurations(kind):
        result = layer.shape(*inputs)
        if isinstance(result, Fault):
            assert result.message[0].islower(), result
            assert not result.message.endswith("."), result
            assert result.hint, result
            names = {setting.name for setting in params_of(type(bare(layer)))}
            assert result.setting in names | {""}
            assert result.fix is None or result.fix[0] in names


@each_kind
def test_a_fix_mends(kind):
    for layer, inputs in configurations(kind):
        result = layer.shape(*inputs)
        if isinstance(result, Fault) and result.fix:
            mended = dataclasses.replace(bare(layer), **dict([result.fix])).shape(*inputs)
            assert isinstance(mended, Shape) or mended.fix != result.fix, (layer, inputs, mended)
            assert not isinstance(mended, Fault) or mended.setting != result.setting


@each_kind
def test_shape_and_parameters_are_those_of_torch(kind):
    for layer, inputs, expected in taken(kind):
        fixed = tuple(known(x) for x in inputs)
        told = layer.shape(*fixed)
        assert told == known(expected), (layer, inputs)
        with torch.device("meta"):
            module = layer.build(*inputs).eval()
            count = sum(p.numel() for p in module.parameters())
            assert layer.parameters(*inputs) == count, (layer, inputs)
            for size in (3, 5):
                result = module(*batches(kind, inputs, size, "meta"))
                assert tuple(result.shape[1:]) == told.sizes, (layer, inputs)
                assert len(result) == size or changes_rows(kind), (layer, inputs)
                assert result.is_floating_point() == (told.dtype == "float"), (layer, inputs)
        assert layer.macs(*inputs) >= 0


@each_kind
def test_gradients_reach_inputs_and_parameters(kind):
    for layer, inputs, expected in list(taken(kind, rounds=25))[:5]:
        if expected.dtype == "int":
            continue
        torch.manual_seed(0)
        module = layer.build(*inputs)
        values = batches(kind, inputs, 3, "cpu")
        floats = [value.requires_grad_() for value in values if value.is_floating_point()]
        result = module(*values)
        parts = [part.penalty for part in module.modules() if hasattr(part, "penalty")]
        penalties = [penalty for penalty in parts if penalty is not None]
        total = (result * torch.randn_like(result)).sum() + sum(penalties)
        stops = getattr(layer, "stops_gradients", False)
        assert result.requires_grad != stops
        if total.requires_grad:
            total.backward()
        for value in (*(() if stops else floats), *module.parameters()):
            assert value.grad is not None, (layer, inputs)
            assert torch.isfinite(value.grad).all(), (layer, inputs)


@each_kind
def test_a_layer_is_the_same_for_the_same_seed(kind):
    for layer, inputs, _ in list(taken(kind, rounds=25))[:3]:
        results = []
        for _ in range(2):
            torch.manual_seed(7)
            module = layer.build(*inputs)
            results.append(module(*batches(kind, inputs, 3, "cpu")))
        assert torch.equal(*results), (layer, inputs)


@each_kind
def test_settings_go_through_yaml_and_back(kind):
    for whole, _ in configurations(kind, rounds=10):
        layer = bare(whole)
        text = emit(settings_of(layer)) or "{}"
        problems = Problems(text)
        root = read(text, problems)
        entries = root.entries if root else ()
        values = read_settings(
            type(layer), entries, Place("layer", f"'{kind.name}'"), problems, span=Span(0, 0)
        )
        assert not list(problems), text
        assert type(layer)(**values) == layer


@each_kind
def test_huge_settings_are_answered_at_once(kind):
    """No rule loops over a size or turns a number of many digits into text it cannot write."""
    huge = 10**399
    for setting in params_of(kind.make):
        if "int" not in setting.types or setting.high is not None:
            continue
        values = {s.name: 4 for s in kind.params if s.default is REQUIRED}
        if "list" in setting.types and "int" not in setting.types:
            continue
        layer = kind.make(**{**values, setting.name: huge})
        for x in INPUTS:
            inputs = (x,) * kind.fewest
            result = layer.shape(*inputs)
            if isinstance(result, Shape):
                str(result)
                layer.parameters(*inputs)
                layer.macs(*inputs)

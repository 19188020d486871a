"""Formulas with torch: each function as torch has it, with the shape that its rule promises."""

import math

import pytest
import torch

from nnspec.formula_text import parse
from nnspec.function_shapes import Given as GivenShapes
from nnspec.functions import FUNCTIONS as KNOWN
from nnspec.problems import Problems
from nnspec.shapes import Shape
from nnspec.syntax import Mapping, read
from trainers.formula_functions import FUNCTIONS, Given
from trainers.formula_values import Values, compiled, slopes, with_slope


def formula(text):
    root = read(f'of: "{text}"', Problems(""))
    assert isinstance(root, Mapping)
    found = parse(root.get("of"), Problems(text), "of")
    assert found is not None
    return found


def value(text, **data):
    torch.manual_seed(0)
    rows = len(next(iter(data.values()))) if data else 4
    for name in slopes(formula(text)):
        data[name] = with_slope(data[name])
    values = Values(torch.nn.Identity(), data or {"x": torch.zeros(4, 1)}, tuple(data), rows, 3)
    return values.tensor(compiled(formula(text))(values))


def test_every_function_has_its_torch() -> None:
    assert FUNCTIONS.keys() == KNOWN.keys()


CONSTANTS = {
    "normal": (3, 2), "uniform": (3, 2), "clamp": (-1, 1), "slice": (0, 2), "reshape": (6,),
    "one_hot": (4,), "noise": (0.5,), "mask": (0.5,),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_shapes_are_those_that_were_promised(name):
    known = KNOWN[name]
    x = torch.rand(5, 2, 3)
    if name == "one_hot":
        x = torch.randint(0, 4, (5, 2, 3))
    if name == "derivative":
        x.requires_grad_()
    count = int(known.tensors[0])
    tensors = [x.square() if name == "derivative" and n == 0 else x for n in range(count)]
    constants = CONSTANTS.get(name, ())
    kind = "int" if name == "one_hot" else "float"
    shapes = tuple(Shape((2, 3), kind) for _ in tensors)
    promised = known.shape(GivenShapes(shapes, constants, known.options))
    assert isinstance(promised, Shape)
    found = FUNCTIONS[name](Given(5, x.device, tensors, constants, known.options))
    assert found.shape == (5, *promised.sizes)


def test_values_of_different_shapes_meet_at_their_last_axis():
    x, y = torch.rand(4, 3), torch.rand(4, 5, 3)
    torch.testing.assert_close(value("x + y", x=x, y=y), x[:, None] + y)
    torch.testing.assert_close(value("x - mean(x)", x=x), x - x.mean(1, keepdim=True))
    torch.testing.assert_close(value("2 ** x / -4", x=x), 2**x / -4)


def test_numbers_and_the_epoch():
    assert value("exp(1) + epoch").tolist() == pytest.approx([math.e + 3] * 4)


def test_random_draws_follow_the_generator():
    x = torch.zeros(200, 50)
    assert torch.equal(value("noise(x, 2)", x=x), value("noise(x, 2)", x=x))
    assert value("noise(x, 2)", x=x).std().item() == pytest.approx(2, rel=0.05)
    assert value("uniform(40, low=-1, high=3)", x=x).mean().item() == pytest.approx(1, abs=0.1)
    ones = torch.ones(200, 50)
    assert value("mask(x, 0.25)", x=ones).mean().item() == pytest.approx(0.75, abs=0.02)
    rows = torch.arange(200.0)[:, None]
    shuffled = value("shuffle(x)", x=rows)
    assert not torch.equal(shuffled, rows)
    assert torch.equal(shuffled.sort(0).values, rows)


def test_derivatives_of_higher_order():
    x = torch.linspace(-1, 1, 9)[:, None]
    torch.testing.assert_close(value("derivative(derivative(x ** 4, x), x)", x=x), 12 * x**2)
    assert not x.requires_grad
    assert value("derivative(3 * x, x)", x=x).tolist() == [[3.0]] * 9


def test_one_hot_of_what_is_unknown_is_empty():
    classes = torch.tensor([1, -1, 7])
    assert value("one_hot(t, 3)", t=classes).tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]


class Counted(torch.nn.Module):
    inputs = ("x",)

    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, inputs):
        self.calls += 1
        return {"output": inputs["x"] * 2, "body": inputs["x"] + 1}


def test_a_call_is_made_once_unless_something_random_stands_in_it():
    network, x = Counted(), torch.rand(4, 2)
    values = Values(network, {"x": x}, ("x",), 4, 1)
    compiled(formula("model(x) + model(x).body + model(x)"))(values)
    assert network.calls == 1
    compiled(formula("output + body"))(values)
    assert network.calls == 2
    torch.manual_seed(0)
    found = compiled(formula("model(noise(x, 1)) - model(noise(x, 1))"))(values)
    assert network.calls == 4
    assert isinstance(found, torch.Tensor)
    assert found.abs().max() > 0.1


def test_lets_are_worked_out_once():
    values = Values(
        torch.nn.Identity(), {"x": torch.zeros(4, 2)}, ("x",), 4, 1,
        lets={"z": compiled(formula("normal(2)"))},
    )  # fmt: skip
    found = compiled(formula("z - z"))(values)
    assert isinstance(found, torch.Tensor)
    assert not found.any()

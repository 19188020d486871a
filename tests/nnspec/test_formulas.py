"""Formulas: what their text means, where their mistakes are, and that none raises."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnspec.expressions import Scope
from nnspec.formula_text import parse
from nnspec.formulas import Attribute, Binary, Call, Name, Negate, Number, constant, walk
from nnspec.problems import Problems
from nnspec.syntax import read


def parsed(formula, params=None):
    text = f"of: {formula}"
    problems = Problems(text)
    root = read(text, problems)
    found = parse(root.entries[0].value, problems, "of", Scope(params or {}))
    return found, [(p.message, text[p.span.start : p.span.end]) for p in problems], text


def sound(formula, params=None):
    found, problems, _ = parsed(formula, params)
    assert not problems
    return found


def written(formula):
    """The formula with every bracket written, so that precedence shows."""
    match formula:
        case Number(value=value):
            return f"{value:g}"
        case Name(name=name):
            return name
        case Negate(operand=operand):
            return f"(-{written(operand)})"
        case Binary():
            return f"({written(formula.left)} {formula.sign} {written(formula.right)})"
        case Call():
            named = [f"{name}={written(part)}" for name, part in formula.options.items()]
            return f"{formula.function}({', '.join([*map(written, formula.arguments), *named])})"
        case Attribute():
            return f"{written(formula.of)}.{formula.name}"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1", "1"),
        ("-1e-3", "-0.001"),
        ("rebuilt", "rebuilt"),
        ('"a + b * c"', "(a + (b * c))"),
        ('"a - b - c"', "((a - b) - c)"),
        ('"a / b * c"', "((a / b) * c)"),
        ('"-a ** 2"', "(-(a ** 2))"),
        ('"a ** -b ** c"', "(a ** (-(b ** c)))"),
        ('"+(a + b) * c"', "((a + b) * c)"),
        ('"critic(image)"', "critic(image)"),
        ('"uniform(3, 8, low=-1)"', "uniform(3, 8, low=(-1))"),
        ('"encoder(image).mean"', "encoder(image).mean"),
        ('"derivative(derivative(u, t), t)"', "derivative(derivative(u, t), t)"),
        ("\"'capital-gain' - 1\"", "(capital-gain - 1)"),
        ('"normal()"', "normal()"),
        ("größe * 2", "(größe * 2)"),
    ],
)
def test_meaning(text, meaning):
    assert written(sound(text)) == meaning


def test_parameters_inside_a_formula():
    scope = Scope({"beta": 0.5})
    text = 'of: "2 * $beta"'
    found = parse(read(text, Problems(text)).entries[0].value, Problems(text), "of", scope)
    assert constant(found) == 1.0
    assert scope.used == {"beta"}


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ('"a ? b"', "?", "no meaning"),
        ('"a b"', "b", "cannot stand here"),
        ('"a + * b"', "*", "cannot stand here"),
        ('"(a + b c"', "c", "')' is needed"),
        ('"f(a b)"', "b", "',' is needed"),
        ('"f(low=1, a)"', "a", "comes last"),
        ('"f(low=1, low=2)"', "low", "given twice"),
        ('"a.b"', ".", "follows the call"),
        ('"f(a).1"', ".1", "cannot stand here"),
        ('"$gamma * a"', "$gamma", "unknown parameter"),
        ('"a = b"', "=", "names an argument"),
        ("null", "null", "expected"),
        ("[a]", "[a]", "expected"),
    ],
)
def test_mistakes_stand_where_they_are(text, at, message):
    found, problems, _ = parsed(text, {"beta": 1})
    assert found is None
    ((said, place),) = problems
    assert message in said
    assert place == at


def test_spans_reach_over_what_they_name():
    found, _, text = parsed('"mean(critic(fake).seen) + 1"')
    places = {type(part).__name__: text[part.span.start : part.span.end] for part in walk(found)}
    assert places["Binary"] == "mean(critic(fake).seen) + 1"
    assert places["Attribute"] == "seen"
    assert places["Name"] == "fake"


def test_a_text_over_several_lines_is_pointed_at_as_a_whole():
    _, problems, _ = parsed('"a +\n  ? b"')
    assert problems == [("'?' has no meaning in a formula", '"a +\n  ? b"')]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 400 + "a" + ")" * 400,
        "-" * 450 + "a",
        "f(" * 200 + "a" + ")" * 200,
        "+".join("a" * 240),
        "a**" * 200 + "a",
        "a " * 3000,
    ],
)
def test_no_text_exhausts_the_stack(text):
    found, problems, _ = parsed(f'"{text}"')
    assert found is None
    assert len(problems) == 1


@given(st.text(alphabet="ab1.+-*/() ,=$'_\"\\ é", max_size=60))
@example("1e400")
@example("9" * 300)
@example("2**2**2**2**2**2**2")
def test_any_text_is_a_formula_or_one_problem(text):
    quoted = "'" + text.replace("'", "''") + "'"
    found, problems, whole = parsed(quoted)
    assert (found is None) == (len(problems) == 1)
    if found is not None:
        constant(found)
        assert all(0 <= part.span.start < part.span.end <= len(whole) for part in walk(found))

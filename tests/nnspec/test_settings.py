"""Settings declared once: what they take, how they are read, what is said when they do not fit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnspec.emit import emit
from nnspec.params import complete, param, params_of, settings_of, wanted
from nnspec.problems import Problem, Problems, Span
from nnspec.settings import Place, read_settings
from nnspec.syntax import Mapping as MappingNode
from nnspec.syntax import read


@dataclass(frozen=True)
class Example:
    """One setting of every form."""

    size: int = param(help="A whole number.", low=1, high=100, also=("width",))
    rate: float = param(0.5, help="A number.", above=0, below=1)
    name: str | None = param(None, help="A text.")
    mode: Literal["same", "valid"] | int = param("same", help="A choice or a number.", low=0)
    units: int | Literal["auto"] = param("auto", help="A number or auto.", low=1)
    pair: tuple[int, ...] = param((1, 1), help="Two numbers.", low=1, length=(2,))
    words: tuple[str, ...] = param((), help="Texts.")
    weights: Mapping[str, float] | None = param(None, help="Numbers by name.")
    on: bool = param(True, help="A switch.")


def read_text(text: str) -> tuple[dict[str, Any], list[Problem]]:
    problems = Problems(text)
    root = read(text, problems)
    entries = root.entries if isinstance(root, MappingNode) else ()
    place = Place("model[0].example", "'example'")
    values = read_settings(Example, entries, place, problems, span=root.span if root else _START)
    return values, list(problems)


_START = Span(0, 0)


def test_declared_forms() -> None:
    by_name = {setting.name: setting for setting in params_of(Example)}
    assert by_name["size"].required
    assert by_name["mode"].choices == ("same", "valid")
    assert by_name["units"].types == ("int", "auto")
    assert (by_name["pair"].types, by_name["pair"].item) == (("list",), "int")
    assert by_name["weights"].types == ("mapping", "none")
    assert wanted(by_name["size"]) == "a whole number, from 1 to 100"
    assert wanted(by_name["rate"]) == "a number, above 0 and below 1"
    assert wanted(by_name["mode"]) == "a whole number or 'same' or 'valid', 0 or more"


def test_every_form_is_read() -> None:
    values, problems = read_text(
        "size: 4\nrate: 1e-3\nname: 007\nmode: valid\nunits: auto\npair: [2, 3]\n"
        "words: [a, 1, no]\nweights: {a: 1, b: 0.5}\non: false\n"
    )
    assert not problems
    assert values == {
        "size": 4, "rate": 0.001, "name": "007", "mode": "valid", "units": "auto", "pair": (2, 3),
        "words": ("a", "1", "no"), "weights": {"a": 1.0, "b": 0.5}, "on": False,
    }  # fmt: skip
    made = Example(**values)
    assert settings_of(made)["pair"] == [2, 3]


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("size: 0", "value.range", "from 1 to 100"),
        ("size: 2.5", "value.type", "a whole number"),
        ("size: many", "value.type", "'many'"),
        ("size: [1]", "value.type", "a list"),
        ("size: true", "value.type", "'true'"),
        ("size: 1\nrate: 1", "value.range", "above 0 and below 1"),
        ("size: 1\nmode: sane", "value.choice", "'same'"),
        ("size: 1\nmode: -1", "value.range", "0 or more"),
        ("size: 1\npair: [1, 2, 3]", "value.type", "a list"),
        ("size: 1\npair: [0, 2]", "value.range", "0"),
        ("size: 1\npair: [a, b]", "value.type", "a list"),
        ("size: 1\nweights: {a: b}", "value.type", "a mapping"),
        ("size: 1\non: yes", "value.type", "true or false"),
        ("sise: 1", "key.unknown", "sise"),
        ("rate: 0.1", "value.missing", "needs 'size'"),
    ],
)
def test_what_does_not_fit_is_told(text: str, code: str, part: str) -> None:
    values, problems = read_text(text)
    found = [problem for problem in problems if problem.code == code]
    assert found
    assert any(part in f"{problem.message} {problem.hint}" for problem in found)
    assert code == "value.missing" or all(problem.line > 0 for problem in found)
    assert complete(Example, values) == ("size" in values)


def test_names_of_other_programs_are_understood() -> None:
    (problem,) = read_text("width: 3")[1]
    assert problem.hint == "did you mean 'size'?"
    assert problem.fix is not None
    assert problem.fix.edit.apply("width: 3") == "size: 3"


def test_not_finite_numbers_are_refused() -> None:
    for word in (".inf", "-.inf", ".nan"):
        values, problems = read_text(f"size: 1\nrate: {word}")
        assert "rate" not in values
        assert problems


@given(
    st.fixed_dictionaries(
        {
            "size": st.integers(1, 100),
            "rate": st.floats(0, 1, exclude_min=True, exclude_max=True),
            "name": st.none() | st.text(max_size=12).filter(str.isprintable),
            "mode": st.sampled_from(["same", "valid"]) | st.integers(0, 9),
            "units": st.just("auto") | st.integers(1, 9),
            "pair": st.tuples(st.integers(1, 9), st.integers(1, 9)),
            "on": st.booleans(),
        }
    )
)
def test_what_is_written_is_read_again(values: dict[str, Any]) -> None:
    plain = settings_of(Example(**values))
    again, problems = read_text(emit(plain))
    assert not problems
    assert settings_of(Example(**again)) == plain
    assert math.isclose(again["rate"], values["rate"])

"""Formulas of training objectives: names, numbers, `+ - * / **`, calls and `.name` after them.

A formula is frozen dataclasses, made by `nnspec.formula_text`; a stranger's text cannot run code.
None is deeper than the parser's limits, so that whoever evaluates one may recurse.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nnspec.problems import Span

Sign = Literal["+", "-", "*", "/", "**"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: int | float
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the data, of a `let:`, of an item of the model, or `output`."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A function or a model with what it is given: `critic(fake)`, `uniform(3, low=-1)`.

    Attributes:
        function: its name, which stands at `name_span`.
        arguments: in the order written.
        options: those written with a name before them.
        span: from the name to the closing bracket.
    """

    function: str
    name_span: Span
    arguments: tuple[Formula, ...]
    options: Mapping[str, Formula]
    span: Span


@dataclass(frozen=True, slots=True)
class Attribute:
    """A named item of a model that is called: `encoder(image).mean`. `span` is that of the name."""

    of: Call
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Negate:
    """`-x`."""

    operand: Formula
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """`left sign right`; `span` reaches over both."""

    sign: Sign
    left: Formula
    right: Formula
    span: Span


Formula: TypeAlias = Number | Name | Call | Attribute | Negate | Binary


def parts(formula: Formula) -> tuple[Formula, ...]:
    """The formulas that `formula` is directly made of."""
    match formula:
        case Number() | Name():
            return ()
        case Call():
            return (*formula.arguments, *formula.options.values())
        case Attribute():
            return (formula.of,)
        case Negate():
            return (formula.operand,)
        case Binary():
            return (formula.left, formula.right)


def walk(formula: Formula) -> Iterator[Formula]:
    """Every part of a formula, itself first."""
    waiting = [formula]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(parts(part)))


def constant(formula: Formula) -> int | float | None:
    """The number that a formula of numbers alone stands for, else None."""
    match formula:
        case Number(value=value):
            return value
        case Negate():
            value = constant(formula.operand)
            return None if value is None else -value
        case Binary():
            left, right = constant(formula.left), constant(formula.right)
            return None if left is None or right is None else _applied(formula.sign, left, right)
        case _:
            return None


def _applied(sign: Sign, left: float, right: float) -> int | float | None:
    try:
        match sign:
            case "+":
                value = left + right
            case "-":
                value = left - right
            case "*":
                value = left * right
            case "/":
                whole = isinstance(left, int) and isinstance(right, int) and left % right == 0
                value = left // right if whole else left / right
            case "**":
                value = float(left) ** float(right)
        return value if isinstance(value, int | float) and math.isfinite(value) else None
    except (ZeroDivisionError, OverflowError):
        return None

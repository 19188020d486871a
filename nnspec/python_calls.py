"""Expressions of Python source: values, calls with named arguments, and what several share.

`unify` compares calls that were made alike and puts a parameter where they differ, which is how
several uses of one block become one class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

LONGEST = 100
"""Columns of a line, as the project's own source has them."""


@dataclass(frozen=True, slots=True)
class Text:
    """A value as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call. `default` is what the parameter is when it is left out."""

    name: str
    value: Expression
    bare: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call; `name` is written before the brackets, which are square for a list."""

    name: str
    arguments: tuple[Argument, ...] = ()
    brackets: str = "()"


Expression: TypeAlias = Text | Call


def written(expression: Expression, indent: int = 0, before: int = 0) -> str:
    """Return the source of an expression, broken into lines where it would be too long.

    Args:
        expression: what to write.
        indent: columns before the statement.
        before: columns of the line that are taken already, `indent` included.
    """
    if isinstance(expression, Text):
        return expression.text
    shown = [one for one in expression.arguments if not _is_default(one)]
    left, right = expression.brackets
    line = expression.name + left + ", ".join(_argument(one) for one in shown) + right
    if before + len(line) <= LONGEST and "\n" not in line:
        return line
    inner = indent + 4
    lines = [f"{' ' * inner}{_argument(one, inner)},\n" for one in shown]
    return f"{expression.name}{left}\n{''.join(lines)}{' ' * indent}{right}"


def _argument(argument: Argument, indent: int | None = None) -> str:
    name = "" if argument.bare else f"{argument.name}="
    if indent is None:
        return name + written(argument.value, 0, -(10**6))
    return name + written(argument.value, indent, indent + len(name) + 1)


def _is_default(argument: Argument) -> bool:
    return isinstance(argument.value, Text) and argument.value.text == argument.default


@dataclass(frozen=True, slots=True)
class Parameter:
    """A place where calls differ: its name and the value of each call."""

    name: str
    values: tuple[Expression, ...]


def form(expression: Expression) -> object:
    """Return what two expressions have to share to be made one: all but the plain values."""
    if isinstance(expression, Text):
        return "value"
    arguments = tuple((one.name, one.bare, form(one.value)) for one in expression.arguments)
    return (expression.name, expression.brackets, arguments)


def unify(
    expressions: Sequence[Expression], found: dict[tuple[str, ...], Parameter], name: str = "value"
) -> Expression:
    """Return one expression for several of the same form.

    Where they differ stands a parameter, the same one wherever they differ in the same way; `found`
    collects them by their values.
    """
    first = expressions[0]
    if isinstance(first, Call):
        calls = [one for one in expressions if isinstance(one, Call)]
        arguments = tuple(
            replace(
                one,
                value=unify([call.arguments[place].value for call in calls], found, one.name),
            )
            for place, one in enumerate(first.arguments)
        )
        return replace(first, arguments=arguments)
    texts = tuple(one.text for one in expressions if isinstance(one, Text))
    if len(set(texts)) == 1:
        return first
    if texts not in found:
        taken = {parameter.name for parameter in found.values()}
        found[texts] = Parameter(_free(name or "value", taken), tuple(expressions))
    return Text(found[texts].name)


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free

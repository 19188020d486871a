"""Arithmetic in a spec: a small parser of its own, so that a stranger's text cannot run code.

Limits on length, nesting and the size of numbers keep every expression instant: a result is an
int where whole numbers give a whole number, else a float.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TypeAlias

from nnspec.tree import Plain

LONGEST = 500
DEEPEST = 50
LARGEST = 1e18
LARGEST_EXPONENT = 64

Number: TypeAlias = int | float

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>\*\*|//|[-+*/%(),]))"
)


class MistakeError(Exception):
    """The expression has no value; the parts are a problem's code, message and hint."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def tokens(text: str) -> list[str]:
    """Split an expression into numbers, names and signs; raises `MistakeError`."""
    if len(text) > LONGEST:
        raise MistakeError(
            "expression.syntax",
            f"an expression of {len(text):,} characters is too long",
            "work it out in several parameters",
        )
    found_tokens: list[str] = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise MistakeError(
                "expression.syntax",
                f"'{text[place:].lstrip()[0]}' has no meaning in an expression",
                "arithmetic only: + - * / // % **, parentheses, min, max, round, int",
            )
        found_tokens.append(found[0].strip())
        place = found.end()
    return found_tokens


def calculate(words: list[str], look_up: Callable[[str], Plain]) -> Number:
    """Work out arithmetic.

    Args:
        words: what `tokens` made of the text.
        look_up: the value of a name; what it raises goes through.

    Raises:
        MistakeError: the expression has no value; says why.
    """
    return _Parser(words, look_up).whole()


class _Parser:
    """Reads and works out arithmetic in one go, by recursive descent of limited depth."""

    def __init__(self, words: list[str], look_up: Callable[[str], Plain]) -> None:
        self._tokens = words
        self._look_up = look_up
        self._place = 0
        self._depth = 0

    def whole(self) -> Number:
        value = self._sum()
        if self._peek():
            raise _stray(self._peek())
        return value

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._place += 1
        return token

    def _sum(self) -> Number:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Number:
        return self._chain(("*", "/", "//", "%"), self._signed)

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Number]) -> Number:
        value = part()
        while self._peek() in signs:
            value = _apply(self._next(), value, part())
        return value

    def _signed(self) -> Number:
        self._depth += 1
        if self._depth > DEEPEST:
            raise MistakeError(
                "expression.syntax",
                f"an expression may be nested {DEEPEST} levels deep",
                "work it out in several parameters",
            )
        if self._peek() in ("-", "+"):
            value = -self._signed() if self._next() == "-" else self._signed()
        else:
            value = self._power()
        self._depth -= 1
        return value

    def _power(self) -> Number:
        value = self._atom()
        if self._peek() == "**":
            self._next()
            return _apply("**", value, self._signed())
        return value

    def _atom(self) -> Number:
        token = self._next()
        if token == "(":  # noqa: S105 - a bracket, not a password
            value = self._sum()
            self._expect(")")
            return value
        if token[:1].isdigit() or token[:1] == ".":
            return _checked(int(token) if token.isdigit() else float(token))
        if not token.isidentifier():
            raise _stray(token)
        return self._call(token) if self._peek() == "(" else self._named(token)

    def _call(self, name: str) -> Number:
        if name not in _FUNCTIONS:
            raise MistakeError(
                "expression.unknown",
                f"unknown function '{name}'",
                "functions: " + ", ".join(_FUNCTIONS),
            )
        self._next()
        arguments = [self._sum()]
        while self._peek() == ",":
            self._next()
            arguments.append(self._sum())
        self._expect(")")
        function, most = _FUNCTIONS[name]
        if len(arguments) > most:
            raise MistakeError("expression.syntax", f"'{name}' takes one number")
        return _checked(function(arguments))

    def _named(self, name: str) -> Number:
        value = self._look_up(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise MistakeError(
                "expression.value",
                f"'{name}' is {_kind(value)}; arithmetic needs numbers",
                f"write ${name} alone to use it as it is",
            )
        return _checked(value)

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise MistakeError("expression.syntax", f"a '{token}' is missing", f"add '{token}'")


def _kind(value: Plain) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _stray(token: str) -> MistakeError:
    if token:
        return MistakeError(
            "expression.syntax",
            f"'{token}' cannot stand here",
            "write a sign between numbers and names",
        )
    return MistakeError(
        "expression.syntax", "the expression ends where a number is needed", "add the missing part"
    )


_FUNCTIONS: dict[str, tuple[Callable[[list[Number]], Number], float]] = {
    "min": (min, math.inf),
    "max": (max, math.inf),
    "round": (lambda numbers: round(numbers[0]), 1),
    "int": (lambda numbers: int(numbers[0]), 1),
}

_SIGNS: dict[str, Callable[[Number, Number], Number]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


def _apply(sign: str, left: Number, right: Number) -> Number:
    try:
        if sign == "/":
            return _checked(_divide(left, right))
        if sign == "**":
            return _checked(_raise(left, right))
        return _checked(_SIGNS[sign](left, right))
    except ZeroDivisionError:
        raise MistakeError(
            "expression.value", "this divides by zero", "change the number below the line"
        ) from None
    except OverflowError:
        raise _too_large() from None


def _divide(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int) and right and left % right == 0:
        return left // right
    return left / right


def _raise(left: Number, right: Number) -> Number:
    if abs(right) > LARGEST_EXPONENT:
        raise MistakeError(
            "expression.value",
            f"the exponent {right:g} is too large",
            f"use exponents up to {LARGEST_EXPONENT}",
        )
    if left < 0 and not float(right).is_integer():
        raise MistakeError("expression.value", "a negative number has no such power")
    return left**right


def _checked(value: Number) -> Number:
    if abs(value) > LARGEST:
        raise _too_large()
    return value


def _too_large() -> MistakeError:
    return MistakeError(
        "expression.value", "the result is too large", f"numbers up to {LARGEST:g} can be used"
    )

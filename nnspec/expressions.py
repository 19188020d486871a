"""Puts parameters into a tree: `$width` and `"${width * 2}"` become the values they stand for.

Only a whole scalar is replaced; a `$` inside a longer text is text. The arithmetic has its own
small parser with limits on length, nesting and the size of numbers, so that a stranger's spec can
neither run code nor keep the machine busy. What cannot be worked out is reported once and becomes
an `Unknown` leaf, which later readers pass over in silence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from nnspec.problems import Problems, Span, nearest
from nnspec.tree import Entry, Node, Plain, Scalar, Sequence, Unknown
from nnspec.tree import Mapping as MappingNode

LONGEST = 500
DEEPEST = 50
LARGEST = 1e18
LARGEST_EXPONENT = 64

Number: TypeAlias = int | float

_NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)\Z")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>\*\*|//|[-+*/%(),]))"
)


@dataclass(slots=True)
class Scope:
    """The names an expression may use, and a note of those that were used.

    Attributes:
        values: value by name.
        unknown: names that exist but whose value could not be read; that is reported already.
        outer: names of the document that a block does not see; known for a better hint only.
        used: every name that was asked for.
    """

    values: Mapping[str, Plain]
    unknown: frozenset[str] = frozenset()
    outer: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set[str], compare=False)


class _MistakeError(Exception):
    """The expression has no value; the parts are a problem's code, message and hint."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


class _UnreadError(Exception):
    """A name's value could not be read, which is reported where it is written."""


def bind(node: Node, scope: Scope, path: str, problems: Problems) -> Node:
    """Return `node` with every `$name` and `"${...}"` replaced by its value, at the same place.

    Args:
        node: any tree; parts without parameters come back as they are.
        scope: the names that count here; `scope.used` grows.
        path: the node's address, for problems.
        problems: collects `expression.syntax`, `expression.unknown` and `expression.value`.
    """
    if isinstance(node, Scalar):
        text = node.text
        return _leaf(node, scope, path, problems) if text[:1] == "$" else node
    if isinstance(node, Sequence):
        items = tuple(
            bind(item, scope, f"{path}[{place}]", problems) for place, item in enumerate(node.items)
        )
        return Sequence(node.span, items, node.flow) if _changed(items, node.items) else node
    values = tuple(
        bind(entry.value, scope, f"{path}.{entry.key}", problems) for entry in node.entries
    )
    if not _changed(values, tuple(entry.value for entry in node.entries)):
        return node
    entries = tuple(
        Entry(entry.key, entry.key_span, value)
        for entry, value in zip(node.entries, values, strict=True)
    )
    return MappingNode(node.span, entries, node.flow)


def names_in(node: Node | None) -> set[str]:
    """Return every name that the `$name` and `"${...}"` of a tree mention."""
    if node is None:
        return set()
    if isinstance(node, Scalar):
        text = node.text.rstrip()
        if text[:1] != "$":
            return set()
        name = _NAME.match(text)
        return {name[1]} if name else set(_WORD.findall(text)) if text[:2] == "${" else set()
    parts = (
        node.items if isinstance(node, Sequence) else tuple(entry.value for entry in node.entries)
    )
    return set[str]().union(*(names_in(part) for part in parts))


def _changed(new: tuple[Node, ...], old: tuple[Node, ...]) -> bool:
    return any(a is not b for a, b in zip(new, old, strict=True))


def _leaf(node: Scalar, scope: Scope, path: str, problems: Problems) -> Node:
    text = node.text.rstrip()
    try:
        name = _NAME.match(text)
        if name:
            return node_of(_look_up(name[1], scope), node.span)
        if text.startswith("${"):
            return node_of(_expression(text, scope), node.span)
    except _UnreadError:
        return Unknown(node.span, node.value, node.text, node.quoted)
    except _MistakeError as mistake:
        problems.add(mistake.code, node.span, mistake.message, path=path, hint=mistake.hint)
        return Unknown(node.span, node.value, node.text, node.quoted)
    return node


def node_of(value: Plain, span: Span) -> Node:
    """Return plain data as a tree that stands at `span` of the text."""
    if isinstance(value, list):
        return Sequence(span, tuple(node_of(item, span) for item in value), flow=True)
    if isinstance(value, dict):
        entries = (Entry(key, span, node_of(item, span)) for key, item in value.items())
        return MappingNode(span, tuple(entries), flow=True)
    return Scalar(span, value, "" if value is None else _shown(value))


def _shown(value: Plain) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _look_up(name: str, scope: Scope) -> Plain:
    scope.used.add(name)
    if name in scope.unknown:
        raise _UnreadError
    if name in scope.values:
        return scope.values[name]
    raise _MistakeError("expression.unknown", f"unknown parameter '{name}'", _hint(name, scope))


def _hint(name: str, scope: Scope) -> str:
    if name in scope.outer:
        return f"a block sees its own params only: add '{name}' to them and pass it on"
    names = [*scope.values, *scope.unknown]
    near = nearest(name, names)
    if near:
        return f"did you mean '${near}'?"
    shown = ", ".join(f"${known}" for known in sorted(names)[:12])
    return f"parameters: {shown}" if names else f"add it: params: {{{name}: …}}"


def _expression(text: str, scope: Scope) -> Plain:
    if not text.endswith("}"):
        raise _MistakeError("expression.syntax", f"'{text[:40]}' is not closed", "end it with '}'")
    inner = text[2:-1]
    if len(inner) > LONGEST:
        raise _MistakeError(
            "expression.syntax",
            f"an expression of {len(inner):,} characters is too long",
            "work it out in several parameters",
        )
    tokens = _tokens(inner)
    scope.used.update(token for token in tokens if token in scope.values or token in scope.unknown)
    if len(tokens) == 1 and tokens[0].isidentifier():
        return _look_up(tokens[0], scope)
    return _Parser(tokens, scope).whole()


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise _MistakeError(
                "expression.syntax",
                f"'{text[place:].lstrip()[0]}' has no meaning in an expression",
                "arithmetic only: + - * / // % **, parentheses, min, max, round, int",
            )
        tokens.append(found[0].strip())
        place = found.end()
    return tokens


class _Parser:
    """Reads and works out arithmetic in one go, by recursive descent of limited depth."""

    def __init__(self, tokens: list[str], scope: Scope) -> None:
        self._tokens = tokens
        self._scope = scope
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
            raise _MistakeError(
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
            raise _MistakeError(
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
            raise _MistakeError("expression.syntax", f"'{name}' takes one number")
        return _checked(function(arguments))

    def _named(self, name: str) -> Number:
        value = _look_up(name, self._scope)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _MistakeError(
                "expression.value",
                f"'{name}' is {_kind(value)}; arithmetic needs numbers",
                f"write ${name} alone to use it as it is",
            )
        return _checked(value)

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise _MistakeError("expression.syntax", f"a '{token}' is missing", f"add '{token}'")


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


def _stray(token: str) -> _MistakeError:
    if token:
        return _MistakeError(
            "expression.syntax",
            f"'{token}' cannot stand here",
            "write a sign between numbers and names",
        )
    return _MistakeError(
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
        raise _MistakeError(
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
        raise _MistakeError(
            "expression.value",
            f"the exponent {right:g} is too large",
            f"use exponents up to {LARGEST_EXPONENT}",
        )
    if left < 0 and not float(right).is_integer():
        raise _MistakeError("expression.value", "a negative number has no such power")
    return left**right


def _checked(value: Number) -> Number:
    if abs(value) > LARGEST:
        raise _too_large()
    return value


def _too_large() -> _MistakeError:
    return _MistakeError(
        "expression.value", "the result is too large", f"numbers up to {LARGEST:g} can be used"
    )

"""The text of a formula to the formula: a small parser of its own, with limits.

Limits on length and nesting keep parsing instant. A name with other characters than letters, digits
and _ stands in single quotes: `'capital-gain'`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnspec.expressions import Scope
from nnspec.formula_tokens import TOO_LONG, MistakeError, Token, number_of, stray, tokens_of
from nnspec.formulas import Attribute, Binary, Call, Formula, Name, Negate, Number, Sign, parts
from nnspec.problems import Problems, Span, suggestion
from nnspec.tree import Node, Scalar, Unknown

DEEPEST = 50
TALLEST = 100


def parse(node: Node, problems: Problems, path: str, params: Scope | None = None) -> Formula | None:
    """Read a formula from the text of a scalar; a number of YAML is a formula too.

    Args:
        node: the scalar.
        problems: collects `formula.syntax`, with the place in the text where it can be known.
        path: the address of the node, for problems.
        params: what `$name` stands for inside the formula; `params.used` grows.

    Returns:
        The formula, or None when there is none, which is reported (or was, for an `Unknown`).
    """
    if isinstance(node, Unknown):
        return None
    if not isinstance(node, Scalar) or node.value is None:
        problems.add(
            "formula.syntax",
            node.span,
            "a formula is expected here",
            path=path,
            hint='write, for example, "critic(image)"',
        )
        return None
    if _is_number(node) and isinstance(node.value, int | float) and math.isfinite(node.value):
        return Number(node.value, node.span)
    try:
        return _Parser(
            tokens_of(node.text), _Places.of(node, problems.text), params or Scope({})
        ).whole()
    except _UnreadError:
        return None
    except MistakeError as mistake:
        span = _Places.of(node, problems.text).span(mistake.start, mistake.end)
        problems.add("formula.syntax", span, mistake.message, path=path, hint=mistake.hint)
        return None


def _is_number(node: Scalar) -> bool:
    return not node.quoted and not isinstance(node.value, bool)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the characters of a scalar's text stand in the document."""

    whole: Span
    start: int | None

    @classmethod
    def of(cls, node: Scalar, text: str) -> _Places:
        """Plain and simply quoted scalars have their characters side by side; others do not."""
        span = node.span
        for start in (span.start, span.start + 1):
            if node.text and text.startswith(node.text, start) and start < span.end:
                return cls(span, start)
        return cls(span, None)

    def span(self, start: int, end: int) -> Span:
        if self.start is None:
            return self.whole
        return Span(self.start + start, min(self.start + end, self.whole.end))


class _UnreadError(Exception):
    """A parameter has no value, which is reported where it is written."""


_TOO_DEEP = ("this formula is nested too deep", "give parts of it names with let:")


@dataclass(slots=True)
class _Parser:
    """Reads a formula by recursive descent of limited depth."""

    tokens: tuple[Token, ...]
    places: _Places
    params: Scope
    at: int = 0
    depth: int = 0

    def whole(self) -> Formula:
        formula = self._sum()
        if self._peek().kind != "end":
            raise stray(self._peek())
        if _taller(formula):
            raise MistakeError(0, self._peek().start, *TOO_LONG)
        return formula

    def _peek(self) -> Token:
        return self.tokens[self.at]

    def _next(self) -> Token:
        token = self.tokens[self.at]
        self.at += token.kind != "end"
        return token

    def _span(self, start: int) -> Span:
        return self.places.span(start, self.tokens[self.at - 1].end)

    def _is(self, *signs: str) -> bool:
        return self._peek().kind == "sign" and self._peek().text in signs

    def _sum(self) -> Formula:
        start = self._peek().start
        formula = self._product()
        while self._is("+", "-"):
            sign: Sign = "+" if self._next().text == "+" else "-"
            formula = Binary(sign, formula, self._product(), self._span(start))
        return formula

    def _product(self) -> Formula:
        start = self._peek().start
        formula = self._signed()
        while self._is("*", "/"):
            sign: Sign = "*" if self._next().text == "*" else "/"
            formula = Binary(sign, formula, self._signed(), self._span(start))
        return formula

    def _signed(self) -> Formula:
        self.depth += 1
        start = self._peek().start
        if self.depth > DEEPEST:
            raise MistakeError(start, self._peek().end, *_TOO_DEEP)
        if self._is("-", "+"):
            negative = self._next().text == "-"
            operand = self._signed()
            formula = Negate(operand, self._span(start)) if negative else operand
        else:
            formula = self._power()
        self.depth -= 1
        return formula

    def _power(self) -> Formula:
        start = self._peek().start
        formula = self._atom()
        if self._is("**"):
            self._next()
            return Binary("**", formula, self._signed(), self._span(start))
        return formula

    def _atom(self) -> Formula:
        token = self._next()
        span = self.places.span(token.start, token.end)
        match token.kind:
            case "number":
                return Number(number_of(token), span)
            case "param":
                return Number(self._param(token), span)
            case "name" | "quoted":
                called = token.kind == "name" and self._is("(")
                return self._call(token, span) if called else Name(token.text, span)
            case "sign" if token.text == "(":
                formula = self._sum()
                self._expect(")")
                return formula
            case _:
                raise stray(token)

    def _param(self, token: Token) -> int | float:
        self.params.used.add(token.text)
        value = self.params.values.get(token.text)
        if token.text in self.params.unknown:
            raise _UnreadError
        if token.text not in self.params.values:
            hint = suggestion(token.text, self.params.values, kinds="parameters")
            words = f"unknown parameter '{token.text}'"
        elif isinstance(value, bool) or not isinstance(value, int | float):
            hint = f"write ${token.text} alone where it is no number"
            words = f"'{token.text}' is no number"
        else:
            return value
        raise MistakeError(token.start, token.end, words, hint)

    def _call(self, name: Token, span: Span) -> Formula:
        self._next()
        arguments: list[Formula] = []
        options: dict[str, Formula] = {}
        while not self._is(")"):
            if self._peek().kind == "end":
                raise stray(self._peek(), "')'")
            if arguments or options:
                self._expect(",")
            self._argument(arguments, options)
        self._next()
        call = Call(name.text, span, tuple(arguments), options, self._span(name.start))
        if not self._is("."):
            return call
        self._next()
        part = self._next()
        if part.kind not in ("name", "quoted"):
            raise stray(part, "a name")
        return Attribute(call, part.text, self.places.span(part.start, part.end))

    def _argument(self, arguments: list[Formula], options: dict[str, Formula]) -> None:
        token, following = self._peek(), self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if token.kind != "name" or following.text != "=":
            if options:
                words = "what has a name comes last"
                raise MistakeError(token.start, token.end, words, "move it behind the others")
            arguments.append(self._sum())
            return
        if token.text in options:
            words = f"'{token.text}' is given twice"
            raise MistakeError(token.start, token.end, words, "remove one of the two")
        self.at += 2
        options[token.text] = self._sum()

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            raise stray(self._peek(), f"'{sign}'")
        self._next()


def _taller(formula: Formula) -> bool:
    """Whether a formula is deeper than those who evaluate it can recurse."""
    level = (formula,)
    for _ in range(TALLEST):
        level = tuple(part for above in level for part in parts(above))
        if not level:
            return False
    return True

"""The text of a formula to names, numbers and signs, and what is said of one out of place."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MOST_TOKENS = 500
LONGEST = 5_000


class MistakeError(Exception):
    """A formula cannot be read: from and to which character, what is wrong, and what helps."""

    def __init__(self, start: int, end: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.start, self.end, self.message, self.hint = start, end, message, hint


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula, of a kind: number, name, quoted, param, sign or end."""

    kind: str
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*)|'(?P<quoted>[^'\n]+)'|\$(?P<param>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|[-+*/(),.=]))"
)


def tokens_of(text: str) -> tuple[Token, ...]:
    """Cut a formula into its pieces, the end among them.

    Raises:
        MistakeError: a character has no meaning, or there are too many.
    """
    text = text.rstrip()
    if len(text) > LONGEST:
        raise MistakeError(0, len(text), *TOO_LONG)
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            place += len(text[place:]) - len(text[place:].lstrip())
            raise MistakeError(
                place,
                place + 1,
                f"'{text[place]}' has no meaning in a formula",
                "formulas are names, numbers, + - * / **, calls such as mean(x), and parentheses",
            )
        kind = match.lastgroup or ""
        start = match.end() - len(match[0].lstrip())
        found.append(Token(kind, match[kind], start, match.end()))
        place = match.end()
    if len(found) > MOST_TOKENS:
        raise MistakeError(found[MOST_TOKENS].start, len(text), *TOO_LONG)
    return (*found, Token("end", "", len(text), len(text) + 1))


TOO_LONG = (
    f"a formula has at most {MOST_TOKENS} names, numbers and signs",
    "give parts of it names with let:",
)


def number_of(token: Token) -> int | float:
    """Return the value of a number.

    Raises:
        MistakeError: it is too large.
    """
    value = int(token.text) if token.text.isdigit() and len(token.text) <= 18 else float(token.text)
    if not math.isfinite(value):
        words = "this number is too large"
        raise MistakeError(token.start, token.end, words, "use numbers up to 1e300")
    return value


def stray(token: Token, wanted: str = "") -> MistakeError:
    """Say what is wrong with a piece that cannot stand where it does."""
    if token.kind == "end":
        missing = wanted or "a name or a number"
        words, hint = f"the formula ends where {missing} is needed", "add the missing part"
    elif wanted:
        words, hint = f"{wanted} is needed before '{token.text}'", "add the missing part"
    elif token.text == ".":
        words = "a '.' follows the call of a model"
        hint = "write, for example, encoder(image).mean; an item of 'model:' is named alone"
    elif token.text == "=":
        words, hint = "'=' names an argument of a function", "give a part a name with let:"
    else:
        words = f"'{token.text}' cannot stand here"
        hint = "write a sign between names and numbers"
    return MistakeError(token.start, token.end, words, hint)

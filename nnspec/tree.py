"""The tree of a YAML text: nodes with exact character spans, and the one scalar grammar.

`nnspec.syntax` builds the tree, everything else reads it. `resolve` says what an unquoted word
means (YAML 1.2 core schema); the reader reads by it and `nnspec.emit` writes by it, so that what is
written is what will be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from nnspec.problems import Span

ScalarValue: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf: `value` by the YAML 1.2 core schema, `text` as the user wrote it, unquoted."""

    span: Span
    value: ScalarValue
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Unknown(Scalar):
    """A leaf whose expression has no value. That is reported already; readers pass over it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` of a mapping. Keys are always text."""

    key: str
    key_span: Span
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping in the order of the text. The span ends with its last leaf, not with a comment."""

    span: Span
    entries: tuple[Entry, ...]
    flow: bool

    def get(self, key: str) -> Node | None:
        """Return the value of `key`, or None."""
        return next((entry.value for entry in self.entries if entry.key == key), None)

    def entry(self, key: str) -> Entry | None:
        """Return the entry of `key`, or None."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def keys(self) -> tuple[str, ...]:
        """All keys in the order of the text."""
        return tuple(entry.key for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list in the order of the text. The span ends with the last leaf, never with a comment."""

    span: Span
    items: tuple[Node, ...]
    flow: bool


Node: TypeAlias = Scalar | Mapping | Sequence
Plain: TypeAlias = "ScalarValue | list[Plain] | dict[str, Plain]"

_INT = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)\Z")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
LONGEST_NUMBER = 400


def resolve(text: str) -> ScalarValue:
    """Return the value of a plain (unquoted) scalar by the YAML 1.2 core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > LONGEST_NUMBER:
        return text
    if _INT.match(text):
        return int(text)
    if _OCTAL.match(text):
        return int(text, 8)
    if _HEX.match(text):
        return int(text, 16)
    if _FLOAT.match(text):
        return float(text)
    if _INFINITY.match(text):
        return float(text.replace(".", "").lower())
    return float("nan") if text in (".nan", ".NaN", ".NAN") else text


def number_too_long(text: str) -> bool:
    """Whether plain `text` would be a number if it were not longer than any usable one."""
    return len(text) > LONGEST_NUMBER and any(
        pattern.match(text) for pattern in (_INT, _OCTAL, _HEX, _FLOAT)
    )


def plain(node: Node | None) -> Plain:
    """Return the bare data of a node: dicts, lists and scalars."""
    match node:
        case None:
            return None
        case Scalar(value=value):
            return value
        case Mapping(entries=entries):
            return {entry.key: plain(entry.value) for entry in entries}
        case Sequence(items=items):
            return [plain(item) for item in items]


def unread(node: Node) -> bool:
    """Whether `node` is, or holds, a leaf whose value could not be worked out."""
    if isinstance(node, Sequence):
        return any(unread(item) for item in node.items)
    if isinstance(node, Mapping):
        return any(unread(entry.value) for entry in node.entries)
    return isinstance(node, Unknown)

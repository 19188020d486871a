"""Puts parameters into a tree: `$width` and `"${width * 2}"` become the values they stand for.

Only a whole scalar is replaced; a `$` inside a longer text is text. What cannot be worked out is
reported once and becomes an `Unknown` leaf, which later readers pass over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from nnspec.arithmetic import MistakeError, calculate, tokens
from nnspec.problems import Problems, Span, nearest
from nnspec.tree import Entry, Node, Plain, Scalar, Sequence, Unknown
from nnspec.tree import Mapping as MappingNode

_NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)\Z")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


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


class _UnreadError(Exception):
    """A name's value could not be read, which is reported where it is written."""


def bind(node: Node, scope: Scope, path: str, problems: Problems) -> Node:
    """Return `node` with every `$name` and `"${...}"` replaced by its value, at the same place.

    A text that begins with a dollar sign of its own is written with two: `$$price`.

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
    if text.startswith("$$"):
        return Scalar(node.span, text[1:], text[1:], quoted=True)
    try:
        name = _NAME.match(text)
        if name:
            return node_of(_look_up(name[1], scope), node.span)
        if text.startswith("${"):
            return node_of(_expression(text, scope), node.span)
    except _UnreadError:
        return Unknown(node.span, node.value, node.text, node.quoted)
    except MistakeError as mistake:
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
    raise MistakeError("expression.unknown", f"unknown parameter '{name}'", _hint(name, scope))


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
        raise MistakeError("expression.syntax", f"'{text[:40]}' is not closed", "end it with '}'")
    words = tokens(text[2:-1])
    scope.used.update(word for word in words if word in scope.values or word in scope.unknown)
    if len(words) == 1 and words[0].isidentifier():
        return _look_up(words[0], scope)
    return calculate(words, lambda name: _look_up(name, scope))

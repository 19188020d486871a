"""YAML text to a tree with exact character spans, read strictly and without recursion.

The tree is composed from libyaml's event stream in one pass, so that size, depth, node count, tags,
anchors, aliases, merge keys and duplicate keys are judged while the events arrive and a hostile
text can neither exhaust the stack nor the memory. Scalars follow the YAML 1.2 core schema: `1e-3`
is a number, `no` is text, `010` is ten. The nodes themselves, and `resolve`, live in `nnspec.tree`.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from nnspec.problems import Problems, Span, suggestion
from nnspec.syntax_errors import report_characters, report_error
from nnspec.tree import (
    Entry,
    Mapping,
    Node,
    Plain,
    Scalar,
    ScalarValue,
    Sequence,
    number_too_long,
    plain,
    resolve,
)

__all__ = [
    "DEEPEST",
    "MOST_CHARACTERS",
    "MOST_NODES",
    "Entry",
    "Mapping",
    "Node",
    "Plain",
    "Scalar",
    "ScalarValue",
    "Sequence",
    "plain",
    "read",
    "resolve",
    "unknown_key",
]

MOST_CHARACTERS = 1 << 20
MOST_NODES = 100_000
DEEPEST = 64


def read(text: str, problems: Problems) -> Node | None:
    """Read `text`; return the root node, or None when it is empty or not readable.

    Whatever is wrong is added to `problems`. A duplicate key keeps its first value; refused
    constructs (tags, anchors, aliases, merge keys) are reported and read as if they were plain.
    """
    if len(text) > MOST_CHARACTERS:
        problems.add(
            "yaml.too_large",
            Span(0, 0),
            f"the text has {len(text):,} characters; a spec may have {MOST_CHARACTERS:,}",
            hint="move data out of the spec and refer to it as a file",
        )
        return None
    if report_characters(text, problems):
        return None
    composer = _Composer(text, problems)
    try:
        return composer.compose()
    except _RefusedError:
        return None
    except yaml.YAMLError as error:
        report_error(error, text, composer.shift, problems)
        return None


class _RefusedError(Exception):
    """The text breaks a limit; the problem is already collected."""


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been seen yet."""

    start: int
    flow: bool
    mapping: bool
    children: list[Node]


class _Composer:
    """Turns events into nodes; the collections still open are a list, not a recursion."""

    def __init__(self, text: str, problems: Problems) -> None:
        self.shift = 1 if text.startswith("\ufeff") else 0
        self._text = text
        self._problems = problems
        self._open: list[_Open] = []
        self._root: Node | None = None
        self._nodes = 0
        self._documents = 0

    def compose(self) -> Node | None:
        for event in _events(self._text[self.shift :]):
            self._take(event)
        return self._root

    def _take(self, event: Any) -> None:
        span = Span(event.start_mark.index + self.shift, event.end_mark.index + self.shift)
        match event:
            case yaml.DocumentStartEvent():
                self._document(span)
            case yaml.AliasEvent():
                self._count(span)
                self._refuse(
                    "yaml.alias",
                    span,
                    "aliases (*name) are not allowed",
                    "write the value out, or use params: and $name",
                )
                self._place(Scalar(span, None, "", quoted=False))
            case yaml.ScalarEvent():
                self._judge(event, span)
                self._place(self._scalar(event, span))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._judge(event, span)
                self._begin(event, span)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end(span)
            case _:
                pass

    def _document(self, span: Span) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(
                "yaml.documents",
                span,
                "a spec is one document; a second one starts here",
                "remove the line '---'",
            )
            raise _RefusedError

    def _count(self, span: Span) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._refuse(
                "yaml.too_many",
                span,
                f"the text has more than {MOST_NODES:,} values",
                "use repeat: and blocks: for repeated parts",
            )
            raise _RefusedError

    def _judge(self, event: Any, span: Span) -> None:
        self._count(span)
        if event.tag is not None and event.tag != "!":
            self._refuse(
                "yaml.tag", span, f"tags ({event.tag}) are not allowed", "write the value plainly"
            )
        if event.anchor is not None:
            self._refuse(
                "yaml.anchor",
                span,
                f"anchors (&{event.anchor}) are not allowed",
                "use params: and $name to say a value once",
            )

    def _scalar(self, event: Any, span: Span) -> Scalar:
        quoted = event.style in ("'", '"', "|", ">")
        text: str = event.value
        value = text if quoted else resolve(text)
        if isinstance(value, float) and not math.isfinite(value):
            self._refuse(
                "yaml.not_finite",
                span,
                f"'{text}' is not a finite number",
                "write a number, or quote it if it is a name",
            )
        if not quoted and number_too_long(text):
            self._refuse(
                "yaml.number",
                span,
                f"a number of {len(text):,} digits is not usable",
                "write it as a decimal with an exponent",
            )
        return Scalar(span, value, text, quoted)

    def _begin(self, event: Any, span: Span) -> None:
        if len(self._open) >= DEEPEST:
            self._refuse(
                "yaml.too_deep",
                span,
                f"the text is nested more than {DEEPEST} levels deep",
                "name the inner part in blocks: and refer to it",
            )
            raise _RefusedError
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Open(span.start, bool(event.flow_style), mapping, []))

    def _end(self, span: Span) -> None:
        done = self._open.pop()
        last = done.children[-1].span.end if done.children else span.start
        # `[a: 1]` holds a mapping without braces; like a block it ends with its last leaf.
        closed = done.flow and span.end > span.start
        whole = Span(done.start, span.end if closed else max(done.start, last))
        if done.mapping:
            self._place(Mapping(whole, tuple(self._entries(done.children)), done.flow))
        else:
            self._place(Sequence(whole, tuple(done.children), done.flow))

    def _entries(self, children: list[Node]) -> Iterator[Entry]:
        seen: dict[str, Span] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._refuse(
                    "yaml.key",
                    key.span,
                    "a key must be a name, not a list or a mapping",
                    "write 'name: value'",
                )
                continue
            if self._usable(key, seen):
                seen[key.text] = key.span
                yield Entry(key.text, key.span, value)

    def _usable(self, key: Scalar, seen: dict[str, Span]) -> bool:
        if key.text == "<<" and not key.quoted:
            self._refuse(
                "yaml.merge",
                key.span,
                "merge keys (<<) are not allowed",
                "write the settings out, or use blocks: and params:",
            )
            return False
        if not key.text.isprintable() and any(
            unicodedata.category(character) in ("Cc", "Cf") for character in key.text
        ):
            self._refuse(
                "yaml.invisible",
                key.span,
                "this key holds an invisible character",
                "type the name again",
            )
        if key.text in seen:
            line, _ = self._problems.lines.position(seen[key.text].start)
            self._refuse(
                "yaml.duplicate",
                key.span,
                f"'{key.text}' is written twice",
                f"the first one is on line {line}; keep one of them",
            )
            return False
        return True

    def _place(self, node: Node) -> None:
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node

    def _refuse(self, code: str, span: Span, message: str, hint: str) -> None:
        self._problems.add(code, span, message, hint=hint)


def _events(text: str) -> Iterator[Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.parse(text, Loader=loader)


def unknown_key(
    entry: Entry, known: tuple[str, ...], path: str, problems: Problems, *, of: str
) -> None:
    """Report a key that `of` does not have, with the nearest name it does have."""
    problems.add(
        "key.unknown",
        entry.key_span,
        f"{of} has no setting '{entry.key}'",
        path=f"{path}.{entry.key}" if path else entry.key,
        hint=suggestion(entry.key, known, kinds="settings"),
    )

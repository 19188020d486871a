"""Addresses of nodes: which node a path names, and which path a place of the text has."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TypeAlias

from nnspec.lines import BREAKS, line_end, line_start, next_line
from nnspec.tree import Mapping, Node, Scalar, Sequence

Path: TypeAlias = tuple[str | int, ...]
"""Address of a node: keys and list indices, `("model", 3, "conv2d", "kernel_size")`."""

_DASHES = re.compile(r"[ \t]*(?:-(?:[ \t]+|$))*")


def children(node: Node | None) -> tuple[Node, ...]:
    """The values of a mapping, the items of a list, nothing for a scalar."""
    match node:
        case Mapping(entries=entries):
            return tuple(entry.value for entry in entries)
        case Sequence(items=items):
            return items
        case _:
            return ()


def index_of(node: Node | None, key: str | int) -> int | None:
    """The position of the child that `key` names, or None."""
    match node:
        case Mapping(entries=entries):
            return next((at for at, entry in enumerate(entries) if entry.key == key), None)
        case Sequence(items=items) if isinstance(key, int) and 0 <= key < len(items):
            return key
        case _:
            return None


def find(root: Node | None, path: Path) -> Node | None:
    """Return the node at `path`, or None when there is none."""
    node = root
    for key in path:
        at = index_of(node, key)
        if at is None:
            return None
        node = children(node)[at]
    return node


def path_at(root: Node | None, index: int, text: str | None = None) -> Path:
    """Return the address of the deepest node at the character `index`.

    A node reaches from its first character to the next sibling, so that a comment behind a value
    belongs to it. With `text`, a dash and the blanks before it belong to the item that they open,
    and a comment line glued above a node to that node.
    """
    if text is not None:
        index = _content(text, index)
    path: list[str | int] = []
    node = root
    while node is not None and not isinstance(node, Scalar):
        at = bisect_right(_starts(node), index) - 1
        if at < 0 or (node.flow and index >= node.span.end):
            break
        path.append(node.entries[at].key if isinstance(node, Mapping) else at)
        node = children(node)[at]
    return tuple(path)


def _starts(node: Mapping | Sequence) -> list[int]:
    if isinstance(node, Mapping):
        return [entry.key_span.start for entry in node.entries]
    return [item.span.start for item in node.items]


def _content(text: str, index: int) -> int:
    """Move an index before the content of its line, or in a comment line above it, to content."""
    first = _first_content(text, line_start(text, index))
    if not text.startswith("#", first):
        return max(index, first)
    while text.startswith("#", first):
        first = _first_content(text, next_line(text, first))
    return index if text[first : first + 1] in BREAKS else first


def _first_content(text: str, start: int) -> int:
    found = _DASHES.match(text, start, line_end(text, start))
    return found.end() if found else start

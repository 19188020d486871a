"""Where the nodes of a YAML text lie: addresses, lines, dashes, colons, comments beside them.

The tree knows where values begin and end. An edit also has to know what lies around them: the dash
of a list item, the colon of a key, the comment lines glued above. libyaml does not tell, so this
module looks at the text between the spans, where only blanks, comments and punctuation can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnspec.addresses import Path, children, index_of
from nnspec.lines import (
    after_blanks,
    break_before,
    line_end,
    line_start,
    lines_end,
)
from nnspec.problems import Span
from nnspec.tree import Entry, Mapping, Node, Scalar, Sequence


class OddLayoutError(Exception):
    """The text is legal YAML but written in a way that edits do not know; they refuse then."""


@dataclass(frozen=True, slots=True)
class Part:
    """One child of a collection as it lies in the text.

    Attributes:
        start: its first character: of the key, of the dash, or of the item inside brackets.
        anchor: behind its colon or dash, where a value on the same line can begin.
        end: behind its last character.
        bare: it is a key inside braces that has no colon.
    """

    start: int
    anchor: int
    end: int
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A node and its surroundings. The root has no parent and no parts beside it."""

    node: Node
    parent: Mapping | Sequence | None
    siblings: tuple[Part, ...]
    index: int
    floor: int
    nested: bool

    @property
    def part(self) -> Part:
        """The node's own part of its parent."""
        return self.siblings[self.index]

    @property
    def in_flow(self) -> bool:
        """Whether the node stands inside brackets."""
        return self.parent is not None and self.parent.flow


def place(text: str, root: Node | None, path: Path) -> Place | None:
    """Return the node at `path` with its surroundings, or None when there is none."""
    if root is None:
        return None
    spot = Place(root, None, (), 0, 0, nested=False)
    for key in path:
        parent, at = spot.node, index_of(spot.node, key)
        if at is None or isinstance(parent, Scalar):
            return None
        floor = spot.part.anchor if spot.parent else 0
        siblings = parts(text, parent)
        nested = spot.parent is not None
        spot = Place(children(parent)[at], parent, siblings, at, floor, nested)
    return spot


def item_span(text: str, root: Node | None, path: Path) -> Span | None:
    """Return what belongs to the list item or key at `path`: its lines and the comment glued above.

    Inside brackets, and for a key on the line of its dash, it is the stretch from the first to the
    last character. None when there is no such node.
    """
    try:
        spot = place(text, root, path)
    except OddLayoutError:
        return None
    if spot is None:
        return None
    if spot.parent is None:
        return Span(0, len(text))
    if spot.in_flow or not owns_line(text, spot.part):
        return Span(spot.part.start, spot.part.end)
    return lines_of(text, spot)


def parts(text: str, node: Mapping | Sequence) -> tuple[Part, ...]:
    """Return how the children of `node` lie in the text.

    Raises:
        OddLayoutError: a dash is not where it has to be.
    """
    if isinstance(node, Mapping):
        return tuple(_entry_part(text, entry) for entry in node.entries)
    if node.flow:
        return tuple(Part(item.span.start, item.span.start, item.span.end) for item in node.items)
    found: list[Part] = []
    end = node.span.start
    for item in node.items:
        dash = after_blanks(text, end)
        if not text.startswith("-", dash):
            raise OddLayoutError
        end = max(item.span.end, dash + 1)
        found.append(Part(dash, dash + 1, end))
    return tuple(found)


def _entry_part(text: str, entry: Entry) -> Part:
    start, end = entry.key_span.start, entry.key_span.end
    before = text[line_start(text, start) : start].rstrip(" \t")
    if before.endswith("?"):  # `? key` on one line, `: value` on the next
        start = line_start(text, start) + len(before) - 1
    colon = after_blanks(text, end)
    bare = not text.startswith(":", colon)
    anchor = end if bare else colon + 1
    value = entry.value.span
    return Part(start, anchor, anchor if value.start == value.end else value.end, bare)


def holds_comment(text: str, node: Node) -> bool:
    """Whether a comment stands inside `node` or behind it on its last line."""
    position = node.span.start
    for span in _leaves(node):
        header = text[span.start : line_end(text, span.start)]
        if "#" in text[position : span.start] or (header[:1] in ("|", ">") and "#" in header):
            return True
        position = max(position, span.end)
    stop = position if break_before(text, position) else line_end(text, node.span.end)
    return "#" in text[position:stop]


def _leaves(node: Node) -> Iterator[Span]:
    match node:
        case Scalar(span=span):
            yield span
        case Mapping(entries=entries):
            for entry in entries:
                yield entry.key_span
                yield from _leaves(entry.value)
        case Sequence(items=items):
            for item in items:
                yield from _leaves(item)


def owns_line(text: str, part: Part) -> bool:
    """Whether nothing but blanks stands before the part on its line."""
    return not text[line_start(text, part.start) : part.start].strip(" \t")


def alone_on_lines(text: str, part: Part) -> bool:
    """Whether nothing follows a part inside brackets on its line but a comma and a comment."""
    behind = text[part.end : line_end(text, part.end)].lstrip(" \t").removeprefix(",")
    return part.end < len(text) and not behind.split("#")[0].strip(" \t")


def lines_of(text: str, spot: Place) -> Span:
    """Return the whole lines of a block child, from the comment glued above to its last line."""
    floor = spot.siblings[spot.index - 1].end if spot.index else spot.floor
    if spot.in_flow and not spot.index and spot.parent is not None:
        floor = spot.parent.span.start
    return Span(_glue(text, spot.part.start, floor), lines_end(text, spot.part.end))


def _glue(text: str, start: int, floor: int) -> int:
    """Return where the comment lines right above `start`, in its column, begin."""
    line = line_start(text, start)
    indent = " " * (start - line) + "#"
    while line > max(floor, 1):
        above = line - (2 if text.startswith("\r\n", line - 2) else 1)
        above = line_start(text, above)
        if above < floor or above >= line or not text.startswith(indent, above):
            break
        line = above
    return line

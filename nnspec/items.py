"""Splices on the items of a list: add, move, double; and on any child: cut out.

Items of a block list are whole lines and move with the comment glued above them; items in brackets
move as the characters they are, while commas and comments stay where they stood.
"""

from __future__ import annotations

from collections.abc import Sequence as Series
from itertools import pairwise

from nnspec.emit import inline
from nnspec.layout import OddLayoutError, Part, Place, alone_on_lines, lines_of, owns_line, parts
from nnspec.lines import (
    after_blanks,
    break_before,
    column,
    line_end,
    lines_end,
    newline_of,
    next_line,
)
from nnspec.problems import Edit, Span
from nnspec.tree import Mapping, Plain, Sequence
from nnspec.writing import append_in_flow


def add_rows(text: str, spot: Place, at: int, rows: Series[str]) -> Edit:
    """Return the splice that inserts the lines `rows` (dashes at column 0) before item `at`."""
    newline = newline_of(text)
    siblings = parts(text, _list(spot))
    indent = " " * column(text, siblings[0].start)
    body = newline.join(indent + row if row else row for row in rows)
    if at > 0:
        stop = lines_end(text, siblings[at - 1].end)
        return Edit(stop, stop, body + newline if break_before(text, stop) else newline + body)
    if owns_line(text, siblings[0]):
        start = lines_of(text, _child(spot, siblings, 0)).start
        return Edit(start, start, body + newline)
    start = siblings[0].start
    return Edit(start, start, body[len(indent) :] + newline + indent)


def add_in_flow(text: str, node: Sequence, at: int, values: Series[Plain]) -> Edit:
    """Return the splice that inserts `values` before item `at` of a list in brackets."""
    body = ", ".join(inline(value, flow=True) for value in values)
    siblings = parts(text, node)
    if not siblings:
        return Edit(node.span.start + 1, node.span.start + 1, body)
    if at < len(siblings):
        return Edit(siblings[at].start, siblings[at].start, f"{body}, ")
    return append_in_flow(text, siblings[-1], body)


def copy_item(text: str, spot: Place) -> Edit:
    """Return the splice that repeats a list item right behind itself."""
    part = spot.part
    if spot.in_flow:
        return Edit(part.end, part.end, f", {text[part.start : part.end]}")
    newline = newline_of(text)
    stop = lines_end(text, part.end)
    body = " " * column(text, part.start) + text[part.start : stop]
    return Edit(stop, stop, body if break_before(text, stop) else newline + body)


def rotate(text: str, spot: Place, old: int, new: int) -> Edit:
    """Return the splice that moves item `old` of the list at `spot` to be item `new`."""
    siblings = parts(text, _list(spot))
    low, high = min(old, new), max(old, new)
    shared = ""
    if _list(spot).flow:
        spans = [Span(part.start, part.end) for part in siblings[low : high + 1]]
        pieces = [text[span.start : span.end] for span in spans]
    else:
        spans = [_lines(text, spot, siblings, at) for at in range(low, high + 1)]
        pieces = [_ended(text, span) for span in spans]
        shared = " " * column(
            text, spans[0].start
        )  # `- - a`: the dash of the list above comes first
        pieces[0] = shared + pieces[0]
    pieces.insert(new - low, pieces.pop(old - low))
    gaps = [text[one.end : other.start] for one, other in pairwise(spans)]
    body = "".join(piece + gap for piece, gap in zip(pieces, [*gaps, ""], strict=True))
    body = body.removeprefix(shared)
    stop = spans[-1].end
    if not _list(spot).flow and not break_before(text, stop):
        body = body.removesuffix(newline_of(text))
    return Edit(spans[0].start, stop, body)


def _list(spot: Place) -> Sequence:
    if not isinstance(spot.node, Sequence):
        raise OddLayoutError
    return spot.node


def _lines(text: str, spot: Place, siblings: tuple[Part, ...], at: int) -> Span:
    if not owns_line(text, siblings[at]):
        return Span(siblings[at].start, lines_end(text, siblings[at].end))
    return lines_of(text, _child(spot, siblings, at))


def _child(spot: Place, siblings: tuple[Part, ...], at: int) -> Place:
    """The place of a child of `spot`, of which only the lines matter."""
    floor = spot.part.anchor if spot.parent else 0
    return Place(_list(spot).items[at], _list(spot), siblings, at, floor, nested=True)


def _ended(text: str, span: Span) -> str:
    piece = text[span.start : span.end]
    return piece if break_before(text, span.end) else piece + newline_of(text)


def cut(text: str, spot: Place) -> Edit:
    """Return the splice that takes the child at `spot` out of its parent."""
    if spot.in_flow:
        return (
            _cut_only_in_flow(text, spot) if len(spot.siblings) == 1 else _cut_in_flow(text, spot)
        )
    if len(spot.siblings) == 1:
        return _cut_only(text, spot)
    if owns_line(text, spot.part):
        span = lines_of(text, spot)
        return Edit(span.start, span.end, "")
    if spot.index:
        raise OddLayoutError
    return _cut_behind_dash(text, spot)


def _empty(spot: Place) -> str:
    return "{}" if isinstance(spot.parent, Mapping) else "[]"


def _cut_only(text: str, spot: Place) -> Edit:
    """Take the last child; what is left is written `{}` or `[]` behind the parent's key or dash."""
    if not owns_line(text, spot.part):
        start, stop = spot.part.start, lines_end(text, spot.part.end)
    else:
        span = lines_of(text, spot)
        start, stop = span.start, span.end
        if spot.nested:
            return Edit(spot.floor, stop, f" {_empty(spot)}{text[spot.floor : start]}")
    ending = newline_of(text) if break_before(text, stop) else ""
    return Edit(start, stop, _empty(spot) + ending)


def _cut_behind_dash(text: str, spot: Place) -> Edit:
    """Take the first child where it shares its line with a dash, which stays."""
    part, following = spot.part, spot.siblings[1]
    stop = lines_end(text, part.end)
    if not text[stop : following.start].strip(" "):
        return Edit(part.start, following.start, "")
    start = len(text[: part.start].rstrip(" "))
    return Edit(start, stop, newline_of(text))


def _cut_only_in_flow(text: str, spot: Place) -> Edit:
    if spot.parent is None:
        raise OddLayoutError
    span, part = spot.parent.span, spot.part
    if text[span.start] not in "{[":  # [a: 1] holds a mapping without braces
        return Edit(span.start, span.end, _empty(spot))
    if "#" not in text[span.start : part.start] + text[part.end : span.end]:
        return Edit(span.start, span.end, _empty(spot))
    comma = after_blanks(text, part.end)
    if not text.startswith(",", comma):
        return Edit(part.start, part.end, "")
    return Edit(part.start, comma + 1, text[part.end : comma])


def _cut_in_flow(text: str, spot: Place) -> Edit:
    part, at = spot.part, spot.index
    line = text[part.end : line_end(text, part.end)].lstrip()
    separate = owns_line(text, part) and alone_on_lines(text, part)
    if separate and (line.startswith(",") or at == len(spot.siblings) - 1):
        span = lines_of(text, spot)
        return Edit(span.start, next_line(text, part.end), "")
    if at == len(spot.siblings) - 1:
        before = spot.siblings[at - 1].end
        if "#" not in text[before : part.start]:
            return Edit(before, part.end, " " if text[before - 1] == ":" else "")
        comma = after_blanks(text, before)
        return Edit(comma, part.end, text[comma + 1 : part.start])
    following = spot.siblings[at + 1].start
    if "#" not in text[part.end : following]:
        return Edit(part.start, following, "")
    comma = after_blanks(text, part.end)
    return Edit(part.start, comma + 1, text[part.end : comma])

"""Splices that write a value: in the place of another, under a new key, or into an empty text.

A value inside brackets is replaced where it stands. Anywhere else it is written on the line of its
key or dash when it fits there, and as a block below otherwise; comments that stood between the key
and the old value, and behind the old value, stay.
"""

from __future__ import annotations

import re

from nnspec.emit import (
    block_lines,
    emit_key,
    entry_lines,
    fits,
    inline,
    item_lines,
    plain_style,
    quoted,
)
from nnspec.layout import OddLayoutError, Part, Place, alone_on_lines, owns_line, parts
from nnspec.lines import (
    after_blanks,
    break_before,
    column,
    line_end,
    lines_end,
    newline_of,
    step_of,
)
from nnspec.problems import Edit
from nnspec.tree import Mapping, Node, Plain, Scalar, Sequence, plain

_COMMENT = re.compile("#[^\n\r\x85\u2028\u2029]*")


def write_value(
    text: str, spot: Place, value: Plain, line: str | None = None, *, block: bool = False
) -> Edit:
    """Return the splice that puts `value` in the place of the node at `spot`.

    Args:
        text: the whole text.
        spot: where the node lies.
        value: what is to be there.
        line: how to write it on one line, where that is known better than by `inline`.
        block: write it on lines of its own even where it would fit on one.
    """
    if spot.parent is None:
        return write_root(text, spot.node, value)
    line = line or _in_style(text, spot, value)
    span, part = spot.node.span, spot.part
    if spot.in_flow:
        if span.start == span.end:
            return Edit(part.anchor, part.anchor, f"{':' if part.bare else ''} {line}")
        return Edit(span.start, span.end, line)
    if part.bare:
        raise OddLayoutError
    written = _behind_anchor(text, spot, value, None if block else line)
    if _stays_in_line(text, spot.node) and "\n" not in written:
        if span.start == span.end:
            return Edit(part.anchor, part.anchor, written)
        return Edit(span.start, span.end, written[1:])
    return _rewrite(text, spot, written)


def _in_style(text: str, spot: Place, value: Plain) -> str:
    """Write a string with the quotes that stood there before."""
    quote = text[spot.node.span.start : spot.node.span.start + 1]
    if isinstance(value, str) and isinstance(spot.node, Scalar) and quote in ("'", '"'):
        return quoted(value, quote)
    return inline(value, flow=spot.in_flow)


def _behind_anchor(text: str, spot: Place, value: Plain, line: str | None) -> str:
    """Return what stands behind the colon or dash: ` value` or line breaks and a block."""
    start = column(text, spot.part.start)
    step = step_of(text)
    if isinstance(spot.parent, Sequence):
        if isinstance(value, dict) and value:
            return "\n".join(item_lines(value, start, step))[start + 1 :]
        fitting = fits(value, start + 2)
    else:
        fitting = fits(value, column(text, spot.part.anchor) + 1)
    if fitting and line is not None:
        return f" {line}"
    return "\n" + "\n".join(block_lines(value, start + step, step))


def _stays_in_line(text: str, node: Node) -> bool:
    """Whether a value on one line can stand exactly where `node` stands."""
    if isinstance(node, Scalar):
        return text[node.span.start : node.span.start + 1] not in ("|", ">") or not node.quoted
    return node.flow


def _rewrite(text: str, spot: Place, written: str) -> Edit:
    """Replace everything from the colon or dash on, but keep the comments that were there."""
    node, anchor = spot.node, spot.part.anchor
    keeps_tail = _stays_in_line(text, node)
    end = spot.part.end
    stop = line_end(text, end) if keeps_tail else lines_end(text, end)
    lead = text[anchor : max(anchor, node.span.start)]
    first, *more = re.split("\r\n|[\n\r\x85\u2028\u2029]", lead)
    tail = text[end:stop] if keeps_tail else _header_comment(text, node)
    behind = _comment(first) or (_comment(tail) if not more else "")
    below = [row.rstrip() for row in more if _comment(row)]
    if more and _comment(tail):
        below.append(" " * (column(text, spot.part.start) + 2) + _comment(tail))
    head, *rest = written.split("\n")
    rows = [head + (f" {behind}" if behind else ""), *below, *rest]
    if not keeps_tail and break_before(text, stop):
        rows.append("")
    return Edit(anchor, stop, newline_of(text).join(rows))


def _header_comment(text: str, node: Node) -> str:
    if isinstance(node, Scalar):
        return text[node.span.start + 1 : line_end(text, node.span.start)]
    return ""


def _comment(row: str) -> str:
    found = _COMMENT.search(row)
    return found.group().rstrip() if found else ""


def write_root(text: str, root: Node | None, value: Plain) -> Edit:
    """Return the splice that makes `value` the whole content of the document."""
    newline = newline_of(text)
    body = newline.join(block_lines(value, 0, step_of(text)))
    if root is None:
        start = stop = len(text)
    elif root.span.start == root.span.end:
        start = stop = root.span.start
    else:
        start, stop = root.span.start, lines_end(text, root.span.end)
    lead = newline if column(text, start) else ""
    return Edit(start, stop, lead + body + newline)


def add_entry(text: str, spot: Place, mapping: Mapping, key: str, value: Plain) -> Edit:
    """Return the splice that adds `key: value` at the end of `mapping`, which lies at `spot`."""
    if mapping.flow:
        return _add_in_flow(text, spot, mapping, key, value)
    if not mapping.entries:
        raise OddLayoutError
    siblings = parts(text, mapping)
    newline = newline_of(text)
    rows = entry_lines(key, value, column(text, siblings[0].start), step_of(text))
    stop = lines_end(text, siblings[-1].end)
    body = newline.join(rows)
    text_of = body + newline if break_before(text, stop) else newline + body
    return Edit(stop, stop, text_of)


def _add_in_flow(text: str, spot: Place, mapping: Mapping, key: str, value: Plain) -> Edit:
    span = mapping.span
    entry = f"{emit_key(key, flow=True)}: {inline(value, flow=True)}"
    if not mapping.entries:
        if "#" not in text[span.start : span.end] and not spot.in_flow:
            return write_value(text, spot, {key: value})
        return Edit(span.start + 1, span.start + 1, entry)
    last = parts(text, mapping)[-1]
    if not text.startswith("{", span.start):  # [a: 1] holds a mapping without braces
        return Edit(span.start, last.end, f"{{{text[span.start : last.end]}, {entry}}}")
    return append_in_flow(text, last, entry)


def append_in_flow(text: str, last: Part, body: str) -> Edit:
    """Return the splice that adds `body` behind the last child of a collection in brackets.

    It gets a line of its own where the last child has one.
    """
    end = last.end
    if owns_line(text, last) and alone_on_lines(text, last):
        comma = after_blanks(text, end)
        closed = text.startswith(",", comma)
        stop = line_end(text, end)
        behind = text[comma + 1 if closed else end : stop].rstrip()
        indent = newline_of(text) + " " * column(text, last.start)
        return Edit(end, stop, f",{behind}{indent}{body}{',' if closed else ''}")
    space = " " if text[end - 1] == ":" else ""  # `a:,` is one word to libyaml
    return Edit(end, end, f"{space}, {body}")


def expanded(text: str, node: Node, key: str) -> str:
    """Return `key: value` for the single value `node`, spelt as the user did where possible."""
    source = text[node.span.start : node.span.end]
    kept = len(source.splitlines()) == 1
    if isinstance(node, Scalar) and not node.quoted:
        kept = kept and plain_style(source, flow=True)
    elif isinstance(node, Scalar):
        kept = kept and source[0] in "'\""
    else:
        kept = kept and node.flow
    return f"{emit_key(key, flow=True)}: {source if kept else inline(plain(node), flow=True)}"


def open_word(text: str, spot: Place, key: str, value: Plain) -> Edit:
    """Return the splice that makes a list item `- relu` into `- relu:` above `key: value`."""
    node = spot.node
    stop = line_end(text, node.span.end)
    rows = entry_lines(key, value, column(text, node.span.start), step_of(text))
    behind = text[node.span.end : stop].rstrip()
    return Edit(node.span.end, stop, newline_of(text).join([f":{behind}", *rows]))

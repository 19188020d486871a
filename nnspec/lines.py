"""Lines of a YAML text as libyaml sees them: where they begin and end, how they are indented.

Every index counts characters of the whole text. libyaml also breaks lines at U+0085, U+2028 and
U+2029; a byte order mark is no part of the first line.
"""

from __future__ import annotations

import re

BREAKS = "\n\r\x85\u2028\u2029"
BYTE_ORDER_MARK = "\ufeff"

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]|\\Z")
_BETWEEN = re.compile("(?:[ \t\n\r\x85\u2028\u2029\ufeff]|#[^\n\r\x85\u2028\u2029]*)*")


def after_blanks(text: str, index: int) -> int:
    """Return the index behind all blanks, line breaks and comments that start at `index`."""
    found = _BETWEEN.match(text, index)
    return found.end() if found else index


def line_start(text: str, index: int) -> int:
    """Return where the line of `index` begins, behind a byte order mark."""
    start = 1 + max(text.rfind(mark, 0, index) for mark in BREAKS)
    return 1 if start == 0 and text.startswith(BYTE_ORDER_MARK) else start


def line_end(text: str, index: int) -> int:
    """Return where the line of `index` ends, before its line break."""
    found = _BREAK.search(text, index)
    return found.start() if found else len(text)


def next_line(text: str, index: int) -> int:
    """Return where the line after that of `index` begins, or the end of the text."""
    found = _BREAK.search(text, index)
    return found.end() if found else len(text)


def column(text: str, index: int) -> int:
    """Return how many characters stand before `index` on its line."""
    return max(0, index - line_start(text, index))


def newline_of(text: str) -> str:
    """Return the line break that the text uses, by its first one."""
    found = re.search("\r\n|[\n\r]", text)
    return found.group() if found else "\n"


def step_of(text: str) -> int:
    """Return by how many columns the text indents, by its first indented line."""
    found = re.search("^( +)[^ #\n\r]", text, re.MULTILINE)
    return len(found.group(1)) if found and 2 <= len(found.group(1)) <= 8 else 2


def break_before(text: str, index: int) -> bool:
    """Whether a line begins at `index`."""
    return index == 0 or text[index - 1] in BREAKS


def lines_end(text: str, end: int) -> int:
    """Return where the lines of something that ends at `end` are over.

    A block scalar (`|`) ends at the beginning of the line below it; everything else within a line.
    """
    return end if text[end - 1 : end] in BREAKS and end else next_line(text, end)

"""Plain data to YAML, in the house style and by the reader's own scalar grammar.

A string is quoted exactly when `resolve` would read something else in its place or when the context
(inside brackets, say) needs it. What fits on a line is written inline, as in
`conv2d: {out_channels: 32, kernel_size: 3}`; longer things and lists of layers become blocks.
"""

from __future__ import annotations

import math
import re

from nnspec.tree import LONGEST_NUMBER, Plain, ScalarValue, number_too_long, resolve

WIDEST = 96
"""A value is written inline as long as its line is not longer than this."""

STEP = 2
"""How many columns a block is indented under its key."""

_PLAIN_BLOCK = re.compile(
    r"""(?!---|\.\.\.)
    (?:[^\s\-?:,\[\]{}#&*!|>'"%@`]|[\-?:](?=[^\s]))   # what may come first
    (?:[^\s:\#]|:(?=\S)|(?<=\S)\#|\x20(?=[^\s\#]))*\Z""",
    re.VERBOSE,
)
_FLOW_ONLY = re.compile(r"[,\[\]{}]|^[-?:]|:[-?:]")
_ODD = re.compile(
    "[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e"}


def writable(value: Plain, depth: int = 64) -> bool:
    """Whether `value` can be written as YAML that reads back: finite, not deep, no surrogates."""
    match value:
        case dict():
            inner = all(
                _text_writable(key) and writable(part, depth - 1) for key, part in value.items()
            )
            return depth > 0 and inner
        case list():
            return depth > 0 and all(writable(part, depth - 1) for part in value)
        case str():
            return _text_writable(value)
        case bool() | None:
            return True
        case int():
            return abs(value) < 10 ** (LONGEST_NUMBER - 2)
        case float():
            return math.isfinite(value)


def _text_writable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def plain_style(text: str, *, flow: bool = False) -> bool:
    """Whether `text` may stand unquoted (inside brackets if `flow`) and be one scalar."""
    if _ODD.search(text) or not _PLAIN_BLOCK.match(text):
        return False
    return not (flow and _FLOW_ONLY.search(text))


def quoted(text: str, quote: str = '"') -> str:
    """Return `text` in quotes; in single ones only where it holds nothing that must be escaped."""
    if quote == "'" and not _ODD.search(text):
        return "'" + text.replace("'", "''") + "'"
    body = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_ODD.sub(lambda found: _escaped(found.group()), body)}"'


def _escaped(character: str) -> str:
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def emit_key(key: str, *, flow: bool = False) -> str:
    """Return `key` as it is written before a colon. Keys are always text: `1` needs no quotes."""
    return key if key != "<<" and plain_style(key, flow=flow) else quoted(key)


def emit_scalar(value: ScalarValue, *, flow: bool = False) -> str:
    """Return one scalar; a float as the shortest text that reads back as the same float."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value)
        case str():
            same = resolve(value) == value and not number_too_long(value)
            return value if same and plain_style(value, flow=flow) else quoted(value)


def inline(value: Plain, *, flow: bool = False) -> str:
    """Return `value` on one line: `{a: 1, b: [2, 3]}`, `text`, `3`; inside brackets if `flow`."""
    match value:
        case dict():
            parts = (
                f"{emit_key(key, flow=True)}: {inline(part, flow=True)}"
                for key, part in value.items()
            )
            return "{" + ", ".join(parts) + "}"
        case list():
            return "[" + ", ".join(inline(part, flow=True) for part in value) + "]"
        case _:
            return emit_scalar(value, flow=flow)


def fits(value: Plain, column: int) -> bool:
    """Whether `value` belongs on the line of its key, of which `column` characters are taken."""
    if not isinstance(value, dict | list) or not value:
        return True
    return not _holds_settings_in_list(value) and column + len(inline(value)) <= WIDEST


def _holds_settings_in_list(value: Plain) -> bool:
    match value:
        case dict():
            return any(_holds_settings_in_list(part) for part in value.values())
        case list():
            return any(isinstance(part, dict) or _holds_settings_in_list(part) for part in value)
        case _:
            return False


def entry_lines(key: str, value: Plain, column: int, step: int = STEP) -> list[str]:
    """Return the lines of one `key: value` of a block mapping whose keys stand at `column`."""
    head = " " * column + emit_key(key) + ":"
    if fits(value, len(head) + 1):
        return [f"{head} {inline(value)}"]
    return [head, *block_lines(value, column + step, step)]


def item_lines(value: Plain, column: int, step: int = STEP) -> list[str]:
    """Return the lines of one item of a block list whose dashes stand at `column`."""
    dash = " " * column + "-"
    if isinstance(value, dict) and value:
        first, *rest = block_lines(value, column + 2, step)
        if rest and next(iter(value.values())) is None:
            first = first.removesuffix(" null")  # `- relu:` with siblings below
        return [f"{dash} {first[column + 2 :]}", *rest]
    if fits(value, column + 2):
        return [f"{dash} {inline(value)}"]
    return [dash, *block_lines(value, column + step, step)]


def block_lines(value: Plain, column: int, step: int = STEP) -> list[str]:
    """Return `value` as lines indented by `column`, none with a line break."""
    match value:
        case dict() if value:
            return [
                line for key, part in value.items() for line in entry_lines(key, part, column, step)
            ]
        case list() if value:
            return [line for part in value for line in item_lines(part, column, step)]
        case _:
            return [" " * column + inline(value)]


def emit(value: Plain, *, column: int = 0, newline: str = "\n") -> str:
    """Return `value` as a YAML block indented by `column`, without a line break at the end.

    Args:
        value: plain data; `writable(value)` must hold for the text to read back as `value`.
        column: how far every line is indented.
        newline: the line break to write, that of the surrounding text.
    """
    return newline.join(block_lines(value, column))

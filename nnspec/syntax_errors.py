"""What libyaml complains about, in plain words with a place and a way out.

libyaml speaks of tokens and nodes; a person who writes a spec speaks of quotes, brackets and
indentation. The table below turns the one into the other; a complaint that it does not know is
passed on as it is, with its place.
"""

from __future__ import annotations

import re

import yaml

from nnspec.problems import Problems, Span

_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_WORDS = (
    (
        "mapping values are not allowed",
        "a ':' stands where none can be",
        "indent this line like its neighbours, or quote a text that holds ': '",
    ),
    ("could not find expected ':'", "a key without ':'", "write 'name: value'"),
    (
        "did not find expected key",
        "this line is not indented like the lines it belongs to",
        "align it with its neighbours",
    ),
    (
        "did not find expected '-'",
        "this line is not indented like the list it belongs to",
        "align the '-' with the ones above",
    ),
    (
        "block sequence entries are not allowed",
        "a '-' stands where no list can begin",
        "put the list on lines of its own, or write it as [a, b]",
    ),
    (
        "cannot start any token",
        "a tab or a reserved character starts this value",
        "indent with spaces; quote a text that starts with @, ` or %",
    ),
    ("found a tab character", "a tab stands where the line is indented", "indent with spaces"),
    ("expected ',' or '}'", "a '{' is not closed, or a ',' is missing", "close it with '}'"),
    ("expected ',' or ']'", "a '[' is not closed, or a ',' is missing", "close it with ']'"),
    (
        "expected node content",
        "a value is missing here, or a bracket does not fit",
        "close every '[' with ']' and every '{' with '}', or quote the text",
    ),
    ("found unexpected ':'", "a ':' without a value", "put a space after ':', or quote the text"),
    ("unexpected end of stream", "a quote is not closed", "close it with the same quote"),
    (
        "unexpected document indicator",
        "a quote or bracket is still open where the document ends",
        "close it before this line",
    ),
    (
        "expected <document start>",
        "text stands after the end of the document",
        "remove it, or the line '...' before it",
    ),
    (
        "escape",
        "a '\\' in double quotes starts something unknown",
        "write '\\\\' for a backslash, or use single quotes",
    ),
    ("hexdecimal number", "a '\\' in double quotes needs its digits", "write '\\\\' for '\\'"),
    (
        "comment or line break",
        "only a line break can follow '|' or '>'",
        "put the text on the lines below, indented",
    ),
    (
        "indentation indicator",
        "the digit after '|' or '>' is not a usable indentation",
        "leave the digit out",
    ),
    (
        "alphabetic or numeric character",
        "a '*' or '&' starts this value",
        "quote a text that starts with * or &",
    ),
    ("tag", "a '!' starts this value", "quote a text that starts with '!'"),
    ("directive", "a line that starts with '%' is not understood", "remove the line"),
    (
        "incompatible YAML document",
        "this text asks for another version of YAML",
        "remove the line that starts with '%YAML'",
    ),
)

_FULL = (
    "text stands after a value that was already complete",
    "quote the whole value, or remove what follows it",
)


def report_characters(text: str, problems: Problems) -> bool:
    """Report the first character that YAML cannot hold; return whether there was one."""
    found = _UNREADABLE.search(text)
    if found is None:
        return False
    problems.add(
        "yaml.character",
        Span(found.start(), found.end()),
        f"the text holds a character that YAML cannot hold (U+{ord(found.group()):04X})",
        hint="remove it",
    )
    return True


def report_error(error: yaml.YAMLError, text: str, shift: int, problems: Problems) -> None:
    """Report what libyaml found wrong with `text`, of which it did not see the first `shift`."""
    raw = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    index = min(mark.index + shift, len(text)) if mark is not None else shift
    message, hint = _in_words(raw, text[:index])
    problems.add("yaml.syntax", Span(index, index), message, hint=hint)


def _in_words(raw: str, before: str) -> tuple[str, str]:
    line = re.split(r"[\n\r]", before)[-1]
    if "did not find expected key" in raw and line.strip(" \t\ufeff"):
        return _FULL
    for known, message, hint in _WORDS:
        if known in raw:
            return message, hint
    return (
        f"this is not readable as YAML: {raw}",
        "look at this line and the one above for indentation and quotes",
    )

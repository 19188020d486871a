"""Reads files of running text, whatever their encoding, and tells them from tables."""

from __future__ import annotations

import codecs
from pathlib import Path, PurePosixPath

from trainers.dialect import sniff
from trainers.findings import Findings

LARGEST_TEXT = 16 << 20
"""Bytes of one text among many."""

LARGEST_BOOK = 256 << 20
"""Bytes of one text that is learned from."""

ENDINGS = (".txt", ".text", ".md", ".eml", ".msg")
_BOOK_ENDINGS = (".txt", ".text")
_NOT_TEXTS = ("readme", "license", "licence", "copying", "notes", "index", "makefile")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FEWEST_WORDS = 4
_SAMPLE = 1 << 16


def is_text_file(name: str) -> bool:
    """Whether a path names a text among many; files without an ending count, hidden ones do not."""
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    ending = path.suffix.lower()
    known = ending in ("", *ENDINGS) or ending[1:].isdigit()
    return known and not hidden and path.stem.lower() not in _NOT_TEXTS


def decoded(content: bytes) -> str | None:
    """Return bytes as text with one kind of line end; None where they are no text.

    UTF-8 and UTF-16 are known by themselves; all else is read as Windows-1252 or Latin-1.
    """
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if encoding is None and b"\0" in content:
        return None
    for name in (encoding,) if encoding else ("utf-8", "cp1252", "latin-1"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n")
    return None


def is_prose(path: Path) -> bool:
    """Whether a file holds running text: lines of words that no delimiter cuts into columns."""
    if path.suffix.lower() not in _BOOK_ENDINGS:
        return False
    with path.open("rb") as stream:
        text = decoded(
            stream.read(_SAMPLE)[:-3] if path.stat().st_size > _SAMPLE else stream.read()
        )
    if text is None or sum(character.isalpha() for character in text) < len(text) / 2:
        return False
    if len(text.split()) < _FEWEST_WORDS:
        return False
    return not _has_columns(path)


def _has_columns(path: Path) -> bool:
    dialect = sniff(path, Findings())
    if dialect is None or len(dialect.first) < 2:
        return False
    if dialect.delimiter in ("\t", "|", ";"):
        return True
    with path.open("rb") as stream:
        lines = (decoded(stream.read(_SAMPLE)) or "").splitlines()[:200]
    cut = [
        len(line.split(None if dialect.delimiter == "whitespace" else ","))
        for line in lines
        if line
    ]
    return cut.count(len(dialect.first)) > len(cut) * 0.9

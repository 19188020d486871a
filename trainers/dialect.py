"""Finds out how a table of texts is written: encoding, delimiter, header, quotes, decimal mark.

A look at the first megabyte decides (the encoding is judged on more of the file). The spec can
state each of these; what it states is not guessed.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trainers.findings import Findings

MISSING = ("", "?", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "-")
"""Texts that are read as "no value here" unless the spec lists others."""

SAMPLE_BYTES = 1 << 20
_ENCODING_BYTES = 64 << 20
_SAMPLE_LINES = 1000
_DELIMITERS = ("\t", ";", "|", ",")
_CONSISTENT = 0.9
_COMMA_NUMBER = re.compile(r"[-+]?(\d+|\d{1,3}(\.\d{3})+),\d+\Z")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table of texts is written.

    Attributes:
        delimiter: one character, or "whitespace" for any run of blanks and tabs.
        header: whether the first row holds the names of the columns.
        quoting: whether a double quote encloses cells.
        decimal: the mark before the fraction of a number.
        first: the cells of the first row.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    header: bool = True
    quoting: bool = True
    decimal: str = "."
    first: tuple[str, ...] = ()


def sniff(
    path: Path,
    findings: Findings,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    quoting: bool | None = None,
    decimal: str | None = None,
) -> Dialect | None:
    """Look at a file and return its dialect; what is given is taken as it is. None: not a table."""
    encoding = encoding or _encoding(path, findings)
    if encoding is None:
        return None
    lines = _lines(path, encoding, findings)
    if not lines:
        if not findings.failed:
            findings.add("data.empty", f"'{path.name}' is empty", hint="a table needs rows")
        return None
    delimiter = delimiter or _delimiter(lines)
    quoting = quotes_enclose(lines, delimiter) if quoting is None else quoting
    try:
        rows = split_lines(lines, delimiter, quoting=quoting)
    except csv.Error as error:
        findings.add(
            "data.not_text",
            f"'{path.name}' is not a table of texts: {error}",
            hint="a cell is at most 131,072 characters long; look for a quote that is never closed",
        )
        return None
    decimal = decimal or _decimal(rows, delimiter)
    found = Dialect(encoding, delimiter, header is not False, quoting, decimal, tuple(rows[0]))
    return replace(found, header=_has_header(rows, found) if header is None else header)


def _encoding(path: Path, findings: Findings) -> str | None:
    with path.open("rb") as stream:
        start = stream.read(SAMPLE_BYTES)
        for mark, name in (
            (codecs.BOM_UTF8, "utf-8"),
            (codecs.BOM_UTF16_LE, "utf-16"),
            (codecs.BOM_UTF16_BE, "utf-16"),
        ):
            if start.startswith(mark):
                return name
        if b"\0" in start:
            return _without_mark(start, path, findings)
        reader = codecs.getincrementaldecoder("utf-8")()
        try:
            reader.decode(start)
            while stream.tell() < _ENCODING_BYTES and (chunk := stream.read(SAMPLE_BYTES)):
                reader.decode(chunk)
        except UnicodeDecodeError:
            return _single_byte(path, findings)
        return "utf-8"


def _without_mark(start: bytes, path: Path, findings: Findings) -> str | None:
    odd, even = start[1:2000:2].count(0), start[:2000:2].count(0)
    if max(odd, even) > 0.6 * len(start[:2000:2]):
        return "utf-16-le" if odd > even else "utf-16-be"
    findings.add(
        "data.not_text",
        f"'{path.name}' is not a table of texts",
        hint="supported: CSV and TSV files, a folder or a zip with a folder of pictures per class",
    )
    return None


def _single_byte(path: Path, findings: Findings) -> str:
    with path.open("rb") as stream:
        data = stream.read(_ENCODING_BYTES)
    lines = data.split(b"\n")
    valid = sum(_is_utf8(line) for line in lines if not line.isascii())
    broken = [number for number, line in enumerate(lines, 1) if not _is_utf8(line)]
    if valid:
        findings.warn(
            "data.mixed_encodings",
            f"'{path.name}' mixes encodings: {valid} lines are UTF-8, {len(broken)} are not "
            f"(the first is line {broken[0]}); all are read as Windows-1252",
            hint="save the file as UTF-8, or state 'encoding:'",
        )
    return "latin-1" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", data) else "cp1252"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _lines(path: Path, encoding: str, findings: Findings) -> list[str]:
    with path.open("rb") as stream:
        start = stream.read(SAMPLE_BYTES)
    try:
        text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(start)
    except LookupError:
        findings.add(
            "data.encoding",
            f"there is no encoding '{encoding}'",
            hint="utf-8, utf-16, cp1252 and latin-1 are common",
        )
        return []
    lines = text.removeprefix("\ufeff").splitlines()
    whole = lines[:-1] if len(start) == SAMPLE_BYTES and len(lines) > 1 else lines
    return [line for line in whole if line.strip()][:_SAMPLE_LINES]


def split_lines(lines: Sequence[str], delimiter: str, *, quoting: bool) -> list[list[str]]:
    """Split lines into cells without blanks around them."""
    if delimiter == "whitespace":
        return [line.split() for line in lines]
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        skipinitialspace=True,
        quoting=csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE,
    )
    return [[cell.strip() for cell in row] for row in reader if row]


def _delimiter(lines: Sequence[str]) -> str:
    shares: dict[str, float] = {}
    for delimiter in (*_DELIMITERS, "whitespace"):
        share, cells = _consistency(lines, delimiter)
        if cells > 1 and share >= _CONSISTENT:
            return delimiter
        shares[delimiter] = share if cells > 1 and delimiter != "whitespace" else 0.0
    best = max(shares, key=lambda delimiter: shares[delimiter])
    return best if shares[best] > 0 else ","


def _consistency(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    best = (0.0, 0)
    for quoting in (True, False):
        widths = Counter(_safe_widths(lines, delimiter, quoting=quoting))
        if widths:
            width, count = widths.most_common(1)[0]
            best = max(best, (count / widths.total(), width))
    return best


def _safe_widths(lines: Sequence[str], delimiter: str, *, quoting: bool) -> list[int]:
    try:
        return [len(row) for row in split_lines(lines, delimiter, quoting=quoting)]
    except csv.Error:
        return []


def quotes_enclose(lines: Sequence[str], delimiter: str) -> bool:
    """Whether double quotes enclose cells: not so when single lines have an odd number of them."""
    odd = any(line.count('"') % 2 for line in lines)
    widths = set(_safe_widths(lines, delimiter, quoting=False))
    return not (odd and len(widths) == 1)


def _decimal(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    if delimiter == ",":
        return "."
    return "," if any(_mostly(column, _is_comma_number) for column in _columns(rows[1:])) else "."


def _has_header(rows: Sequence[Sequence[str]], dialect: Dialect) -> bool:
    def is_number(cell: str) -> bool:
        return _is_number(cell.replace(",", ".") if dialect.decimal == "," else cell)

    first, body = rows[0], rows[1:]
    if _names_over_numbers(first, _columns(body), is_number):
        return True
    blank = [cell for cell in first[1:] if cell in MISSING]
    sentences = len(first) > 1 and all(cell.endswith((".", "!", "?")) for cell in first)
    if sentences or blank or any(map(is_number, first)) or len(set(first)) < len(first):
        return False
    columns = _columns(body)
    if not columns or any(_mostly(column, is_number) for column in columns):
        return True
    return all(name not in column for name, column in zip(first, columns, strict=False))


def _names_over_numbers(
    first: Sequence[str], columns: Sequence[Sequence[str]], is_number: Callable[[str], bool]
) -> bool:
    """Whether words stand over most columns of numbers: a header, even with odd or no names."""
    over = [
        cell
        for cell, column in zip(first, columns, strict=False)
        if cell not in MISSING and _mostly(column, is_number)
    ]
    words = sum(not is_number(cell) for cell in over)
    return bool(over) and words >= len(over) / 2


def _columns(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    width = min(map(len, rows), default=0)
    return [[row[index] for row in rows] for index in range(width)]


def _mostly(cells: Sequence[str], judge: Callable[[str], bool]) -> bool:
    known = [cell for cell in cells if cell not in MISSING]
    return bool(known) and sum(map(judge, known)) >= 0.8 * len(known)


def _is_comma_number(cell: str) -> bool:
    return _COMMA_NUMBER.match(cell) is not None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True

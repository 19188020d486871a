"""Tells data of a special form from a table or a folder of pictures, by a look at its beginning."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from trainers.dialect import Dialect, sniff
from trainers.findings import Findings
from trainers.sounds import is_sound

_MOST_VALUES = 3
"""Numbers beside the time up to which a table is taken for a series and not for a table."""

_FEWEST_STEPS = 50
_LOOKED_AT = 400
_TIME = re.compile(r"(\d{4}([-/]\d{1,2}){0,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T]\d.*)?$")


def special_folder(folder: Path) -> tuple[str, Path] | None:
    """The source kind for a folder of a special form and the path it reads; None for others."""
    names = {entry.name.lower() for entry in folder.iterdir()}
    if {"nodes.csv", "edges.csv"} <= names:
        return "graph", folder
    if {"images", "masks"} <= names:
        return "masks", folder
    tables = sorted(entry for entry in folder.iterdir() if entry.suffix.lower() == ".csv")
    table = next((entry for entry in tables if names_sounds(entry)), None)
    if table is not None:
        return "audio", table
    inner = [entry for entry in folder.iterdir() if entry.is_dir()]
    classes = sum(any(is_sound(file.name) for file in entry.iterdir()) for entry in inner)
    return ("audio", folder) if classes > 1 else None


def names_sounds(path: Path) -> bool:
    """Whether the rows of a table name sound files."""
    rows = _beginning(path)[1:]
    return bool(rows) and any(all(map(is_sound, column)) for column in zip(*rows, strict=False))


def is_series(path: Path) -> bool:
    """Whether a table holds a time that only grows, and a few numbers for each time."""
    header, *rows = _beginning(path) or [[]]
    if len(rows) < _FEWEST_STEPS or not 2 <= len(header) <= 1 + _MOST_VALUES:
        return False
    times, *others = zip(*rows, strict=False)
    grows = all(a < b for a, b in pairwise(times))
    return grows and all(map(_TIME.match, times)) and all(map(_numbers, others))


def _numbers(cells: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"[-+]?\d*[.,]?\d+([eE][-+]?\d+)?", cell) for cell in cells)


def _beginning(path: Path) -> list[list[str]]:
    """The first rows of a table with a header, as cells; [] for anything else."""
    dialect = sniff(path, Findings())
    if dialect is None or not dialect.header or dialect.delimiter == "whitespace":
        return []
    with path.open(encoding=dialect.encoding, errors="replace") as stream:
        lines = [line for _, line in zip(range(_LOOKED_AT), stream, strict=False)]
    return [_cells(line, dialect) for line in lines if line.strip()]


def _cells(line: str, dialect: Dialect) -> list[str]:
    return [cell.strip().strip('"') for cell in line.rstrip("\n").split(dialect.delimiter)]

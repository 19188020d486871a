"""Features of a graph's nodes from a CSV file: a row for each node, or a row for each number."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainers.arrow import arrow, arrow_readers
from trainers.findings import Findings
from trainers.texts import Array

LARGEST_CONTENT = 1 << 30
MOST_NUMBERS = 1 << 28
_SPARSE = ("node", "feature", "value")


def read_features(path: Path, nodes: Sequence[str], findings: Findings) -> Array | None:
    """Return float32, nodes x features, in the order of `nodes`; None when there are errors.

    A file with the columns node, feature, value holds the numbers that are not zero; any other has
    the node's name first and its features after it.
    """
    table = _read(path, findings)
    if table is None:
        return None
    names = [str(name).strip().lower() for name in table.column_names]
    rows = _rows(table, nodes, path, findings)
    if rows is None:
        return None
    try:
        if tuple(names) == _SPARSE:
            return _sparse(table, rows, len(nodes), path, findings)
        columns = [_floats(table.column(index)) for index in range(1, len(names))]
    except (arrow().ArrowInvalid, ValueError, TypeError) as error:
        findings.add(
            "data.text_in_number",
            f"'{path.name}' holds what is no number: {error}",
            hint="every cell behind the node's name has to be a finite number",
            file=path.name,
        )
        return None
    found = np.zeros((len(nodes), len(columns)), dtype=np.float32)
    found[rows] = np.stack(columns, axis=1)
    return found


def _read(path: Path, findings: Findings) -> Any:
    pa, readers = arrow(), arrow_readers()
    packed = "gzip" if path.suffix == ".gz" else None
    try:
        with pa.input_stream(str(path), compression=packed) as stream:
            content = stream.read(LARGEST_CONTENT + 1)
        if len(content) > LARGEST_CONTENT:
            findings.add("data.unsafe", f"'{path.name}' unpacks to more than 1 GiB")
            return None
        return readers.read_csv(pa.BufferReader(content))
    except (OSError, pa.ArrowInvalid, zlib.error) as error:
        findings.add(
            "data.path",
            f"the features '{path.name}' cannot be read: {error}",
            hint="write features: and the name of a CSV file in the graph's folder, plain or .gz",
        )
        return None


def _rows(table: Any, nodes: Sequence[str], path: Path, findings: Findings) -> Array | None:
    pa = arrow()
    named = pa.compute.cast(table.column(0), pa.string())
    index = pa.compute.index_in(named, value_set=pa.array(list(nodes), type=pa.string()))
    rows: Array = pa.compute.fill_null(index, -1).to_numpy()
    unknown = np.flatnonzero(rows < 0)
    if not len(unknown):
        return rows
    row = int(unknown[0])
    findings.add(
        "data.unknown_node",
        f"'{path.name}' names the node '{named[row].as_py()}' in row {row + 1}, which nodes.csv "
        "lacks",
        row=row + 1,
        hint="add the node to nodes.csv, or remove its rows from the features",
        file=path.name,
    )
    return None


def _sparse(table: Any, rows: Array, nodes: int, path: Path, findings: Findings) -> Array | None:
    features = _floats(table.column(1)).astype(np.int64)
    width = int(features.max(initial=-1)) + 1
    if features.min(initial=0) < 0 or width * nodes > MOST_NUMBERS:
        findings.add(
            "data.too_wide",
            f"'{path.name}' numbers its features from {features.min()} to {width - 1}; from 0 up "
            f"to {MOST_NUMBERS // max(1, nodes):,} can be read for {nodes:,} nodes",
            hint="number the features from 0 without gaps",
            file=path.name,
        )
        return None
    found = np.zeros((nodes, width), dtype=np.float32)
    found[rows, features] = _floats(table.column(2))
    return found


def _floats(column: Any) -> Array:
    pa = arrow()
    numbers: Array = pa.compute.cast(column, pa.float64()).to_numpy()
    if not np.isfinite(numbers).all():
        raise ValueError("a number is missing or not finite")
    return numbers

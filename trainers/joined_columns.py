"""Columns of a table that stand for one thing, such as the steps of a curve, as one column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from trainers.findings import Findings
from trainers.table import Arrays, Table, Values, missing_column
from trainers.texts import Array

_BETWEEN = ".."


def join_columns(table: Table, together: Mapping[str, str], findings: Findings) -> Table | None:
    """Return the table with ranges of columns as arrays; None when one of them is no range.

    Args:
        table: columns of texts.
        together: `{steps: X1..X100}`: the columns from X1 to X100 become `steps`, a row each.
        findings: takes what is wrong: an unknown column, a cell that is no number.
    """
    cells: dict[str, Values] = dict(table.cells)
    order = list(table.columns)
    for name, written in together.items():
        taken = _between(written, order, findings)
        if not taken:
            return None
        if name in cells and name not in taken:
            findings.add("data.names", f"there is a column '{name}' already")
            return None
        numbers = [_numbers(column, cells.pop(column), findings) for column in taken]
        order[order.index(taken[0])] = name
        order = [column for column in order if column not in taken]
        cells[name] = Arrays(np.stack(numbers, axis=1))
    if findings.failed:
        return None
    return replace(table, columns=tuple(order), cells=cells)


def _between(written: str, columns: list[str], findings: Findings) -> list[str]:
    first, mark, last = (part.strip() for part in written.partition(_BETWEEN))
    for name in (first, last):
        if mark and name not in columns:
            missing_column(name, columns, "source", findings)
    if findings.failed:
        return []
    if not mark or columns.index(first) >= columns.index(last):
        findings.add(
            "data.range",
            f"'{written}' is no range of columns",
            hint="write the first and the last with two dots between them: X1..X100",
        )
        return []
    return columns[columns.index(first) : columns.index(last) + 1]


def _numbers(name: str, values: Any, findings: Findings) -> Array:
    numbers: Array = values.numbers().values
    gaps = np.flatnonzero(np.isnan(numbers))
    if len(gaps):
        row = int(gaps[0])
        findings.add(
            "data.text_in_number",
            f"column '{name}' holds no number in row {row + 1}: '{values[row] or ''}'",
            row=row + 1,
        )
    return numbers

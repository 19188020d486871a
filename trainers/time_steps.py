"""Judges the times of a series: rows have to be in their order, and a gap among them is told."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import numpy as np

from trainers.findings import Findings
from trainers.texts import Array, Texts

_DATE = re.compile(r"\d{4}-\d\d(-\d\d([ T].*)?)?$")
_DIGITS = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(\d\d)?$")
_MONTH = 7
_GAP = 1.5
_EQUAL = 0.12
"""How far steps that count as equal differ: months have 28 to 31 days, years 365 or 366."""

_MOST = 0.85
"""The share of equal steps from which others are gaps; of weekdays alone 0.8 are one day apart."""


def check_times(times: Texts, findings: Findings) -> None:
    """Report a row out of the order of time, or warn of the gaps between rows.

    Times are numbers or dates as ISO 8601 writes them. Where they are written in another way, the
    order of the file counts.
    """
    written = times.plain()
    numbers = times.numbers()
    if not len(numbers.unreadable) and not times.missing().all():
        keys: list[Any] = numbers.values.tolist()
    elif all(map(_DATE.match, written)):
        keys = written
    else:
        return
    unordered = next((row for row in range(1, len(keys)) if not keys[row - 1] < keys[row]), None)
    if unordered is None:
        _warn_of_gaps(written, _places(written, numbers.values), findings)
        return
    findings.add(
        "data.order",
        f"the rows are not in the order of time: row {unordered + 1} ('{written[unordered]}') does "
        f"not come after row {unordered} ('{written[unordered - 1]}')",
        row=unordered + 1,
        hint="sort the file by time, with one row for each time",
    )


def _places(written: list[str], numbers: Array) -> Array:
    """Where each time lies: seconds of dates (20240131 and 202401 among them), else the numbers."""
    if all(map(_DIGITS.match, written)):
        written = ["-".join(filter(None, (x[:4], x[4:6], x[6:]))) for x in written]
    elif not np.isnan(numbers).any():
        return numbers
    try:
        return np.array([_seconds(text) for text in written])
    except ValueError:  # the look of a date, but none: the order is all that is known
        return np.zeros(0)


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(f"{text}-01" if len(text) == _MONTH else text)
    # A time without a zone is counted as UTC: the zone of this machine would make gaps of its own.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _warn_of_gaps(written: list[str], places: Array, findings: Findings) -> None:
    steps = np.diff(places)
    if len(steps) < 2:
        return
    usual = float(np.median(steps))
    if usual <= 0 or (np.abs(steps - usual) <= _EQUAL * usual).mean() < _MOST:
        return
    gaps = np.flatnonzero(steps > _GAP * usual)
    if not len(gaps):
        return
    row = int(gaps[0]) + 1
    findings.warn(
        "data.gap",
        f"the series has a gap before row {row + 1}: '{written[row]}' follows "
        f"'{written[row - 1]}', {steps[row - 1] / usual:.3g} times the usual step; it is "
        + (f"the first of {len(gaps):,} gaps" if len(gaps) > 1 else "the only gap"),
        row=row + 1,
        details=[
            f"row {gap + 2}: '{written[gap + 1]}' follows '{written[gap]}'" for gap in gaps[1:10]
        ],
        hint="windows across a gap take it for one step: fill it (rows with empty cells and "
        "missing: last), or cut the file there",
    )

"""Divides rows into training, validation and test, the same way on every machine.

Rows get random places from PCG64 doubles and a stable sort, both fixed by definition; within a
class they are spread evenly, so that any cut of the order keeps the classes' shares.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnspec.section_settings import Split
from trainers.findings import Findings
from trainers.texts import Array

PARTS = ("train", "validation", "test")


def split_rows(
    rows: Array,
    settings: Split,
    findings: Findings,
    *,
    groups: Array | None = None,
    own: Array | None = None,
    in_order: int | None = None,
) -> Mapping[str, Array] | None:
    """Divide the row numbers `rows` into parts, each ascending; None when a part would be empty.

    Args:
        rows: the usable rows.
        settings: the shares and the seed.
        findings: takes what is wrong.
        groups: a class number for each of `rows` whose share every part keeps, or None.
        own: the part the source itself gives each of `rows`, or None. Parts that it has are kept;
            those it lacks are cut from its training rows.
        in_order: where rows stand in the order of time, how many rows after a row share what is
            predicted with it: so many are left out before a later part.
    """
    generator = np.random.Generator(np.random.PCG64(settings.seed))
    if in_order is not None and own is None:
        return _by_time(rows, settings, in_order, findings)
    order = _order(len(rows), groups, generator)
    own = np.full(len(rows), "train") if own is None else own
    free = order[own[order] == "train"]
    parts = {name: np.flatnonzero(own == name) for name in ("test", "validation")}
    start = 0
    for name, share in (("test", settings.test), ("validation", settings.validation)):
        if not len(parts[name]):
            count = _count(share, len(free))
            parts[name] = free[start : start + count]
            start += count
            if share > 0 and count == 0:
                _report_empty(name, len(free), findings)
    parts["train"] = free[start:]
    if not len(parts["train"]):
        _report_empty("train", len(rows), findings)
    return None if findings.failed else {name: rows[np.sort(parts[name])] for name in PARTS}


def _count(share: float, rows: int) -> int:
    """How many rows a share of `rows` means; from 1 on it is the number itself."""
    return round(rows * share) if share < 1 else min(rows, int(share))


def _by_time(
    rows: Array, settings: Split, shared: int, findings: Findings
) -> Mapping[str, Array] | None:
    """The latest rows test, those before them validate, the earliest train."""
    parts: dict[str, Array] = {}
    end = len(rows)
    for name, share in (("test", settings.test), ("validation", settings.validation)):
        count = _count(share, len(rows))
        first = max(0, end - count)
        parts[name] = rows[first:end]
        end = max(0, first - shared) if count else end
        if share > 0 and not len(parts[name]):
            _report_empty(name, len(rows), findings)
    parts["train"] = rows[:end]
    if not end:
        _report_empty("train", len(rows), findings)
    return None if findings.failed else {name: parts[name] for name in PARTS}


def _order(count: int, groups: Array | None, generator: np.random.Generator) -> Array:
    """A random order; with groups, one in which each group's rows are spread evenly."""
    shuffled = np.argsort(generator.random(count), kind="stable")
    if groups is None or not count:
        return shuffled
    by_group = shuffled[np.argsort(groups[shuffled], kind="stable")]
    sizes = np.unique(groups, return_counts=True)[1]
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    places = (np.arange(count) - starts + 0.5) / np.repeat(sizes, sizes)
    # Equal places of different classes are ordered by chance, not by class.
    return by_group[np.lexsort((generator.random(count), places))]


def _report_empty(part: str, rows: int, findings: Findings) -> None:
    words = {"train": "to train on", "validation": "to validate with", "test": "to test with"}[part]
    findings.add(
        "data.empty_part",
        f"{rows:,} rows are too few: none would be left {words}",
        anchor="split",
        hint="bring more rows, or change the shares under split:",
    )

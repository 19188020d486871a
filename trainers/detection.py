"""Finds a type for columns that the spec does not name, and what is odd about them.

A guess is always shown: the starter writes it into the spec, and a column that is left out is
reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from nnspec.catalog import Catalog, Kind
from trainers.table import Values
from trainers.texts import Array, Texts, mean_and_deviation

MOST_CLASSES = 20
"""Whole numbers counted from 0 or 1 up to this many are taken as classes, not as amounts."""

_MOST_TEXT_CLASSES = 1000
_FEWEST_TEXTS = 20
_TEXTS_SEEN = 1000
_WORDS_OF_A_TEXT = 5
_WRITTEN = {"vocabulary": 8000, "min_count": 2}
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([ T].*)?$|\d\d?[./]\d\d?[./]\d{2,4}( .*)?$")


@dataclass(frozen=True, slots=True)
class Guess:
    """A type with its settings; why a column is left out; a code where that is a warning."""

    kind: str
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    note: str = ""
    code: str = ""


@cache
def column_kinds() -> Catalog:
    """Return the catalog of column kinds alone."""
    return Catalog.discover({"column": "trainers.columns"})


def column_kind(name: str) -> Kind:
    """Return the column kind of that name.

    Raises:
        LookupError: there is none; the file that named it comes from another version.
    """
    found = column_kinds().get("column", name)
    if found is None:
        raise LookupError(f"there is no column type '{name}'")
    return found


def kind_reading(form: str) -> str:
    """The column kind that takes values of that form, where it is not texts."""
    kinds = column_kinds().of("column")
    return next((k.name for k in kinds if getattr(k.make, "reads", "") == form), "ignore")


def guess_input(values: Values) -> Guess:
    """Find a type for an input column."""
    if not isinstance(values, Texts):
        return Guess(kind_reading(values.form))
    counts = values.counts()
    if len(counts) < 2:
        return Guess("ignore", {}, "holds one value only", "data.constant_column")
    rows = len(values)
    if _is_number(values, counts):
        numbers = values.numbers().values
        if _is_counter(numbers):
            return Guess("ignore", {}, "counts the rows", "data.id_column")
        if len(counts) == 2 and not np.isnan(numbers).any():
            return Guess("binary")
        return Guess("number", {"scale": "log", "bins": 16} if _is_skewed(numbers) else {})
    return _guess_text(counts, rows)


def _guess_text(counts: dict[str, int], rows: int) -> Guess:
    if all(map(_DATE.match, list(counts)[:50])):
        return Guess("ignore", {}, "holds dates", "data.id_column")
    if is_written(counts):
        return Guess("text", _WRITTEN)
    if len(counts) > max(20, rows // 2):
        return Guess("ignore", {}, "holds a different text in almost every row", "data.id_column")
    return (
        Guess("binary") if len(counts) == 2 and rows == sum(counts.values()) else Guess("category")
    )


def is_written(counts: dict[str, int]) -> bool:
    """Whether cells are texts that people wrote: many different ones, of several words each."""
    some = list(counts)[-_TEXTS_SEEN:]  # the rarest: the most frequent may be short answers
    words = sum(len(text.split()) for text in some)
    return len(counts) > _FEWEST_TEXTS and words >= _WORDS_OF_A_TEXT * len(some)


def guess_target(values: Values) -> Guess:
    """Find a type for the column to predict."""
    if not isinstance(values, Texts):
        return Guess(kind_reading(values.form))
    counts = values.counts()
    if len(counts) == 2:
        return Guess("binary")
    if not _is_number(values, counts):
        written = too_many_classes(values) and is_written(counts)
        return Guess("text", _WRITTEN) if written else Guess("category")
    codes = sorted(float(name.replace(",", ".")) for name in list(counts)[: MOST_CLASSES + 1])
    contiguous = codes in (
        [float(n) for n in range(len(codes))],
        [float(n + 1) for n in range(len(codes))],
    )
    return Guess("category" if contiguous and len(counts) <= MOST_CLASSES else "number")


def too_many_classes(values: Texts) -> bool:
    """Whether a target has so many different texts that it is free text or an identifier."""
    classes = len(values.counts())
    return classes > _MOST_TEXT_CLASSES or classes > max(20, len(values) // 2)


def _is_number(values: Texts, counts: dict[str, int]) -> bool:
    # An identifier such as 007 stays text.
    led = any(re.match(r"-?0\d", name) for name in counts)
    return not led and not len(values.numbers().unreadable)


def _is_counter(numbers: Array) -> bool:
    """Whether the column is 0, 1, 2 … or 1, 2, 3 … down the rows."""
    return len(numbers) > 20 and bool(np.all(np.diff(numbers) == 1))


def _is_skewed(numbers: Array) -> bool:
    """Whether few huge values hide the rest, as with money: the standard scale would crowd it."""
    known = numbers[~np.isnan(numbers)]
    _, deviation = mean_and_deviation(known)
    return bool(
        known.max() > 20  # the logarithm of 1 + x changes little below
        and deviation > 0
        and (np.abs(known).max() - np.median(known)) / deviation > 10
        and known.min() >= 0
    )

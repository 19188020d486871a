"""A column of texts as it stands in a file, kept by Arrow.

Every cell stays text until a column type reads it, so that `007` is never turned into seven on the
way. Missing cells are null. Arrow holds a million texts in a few megabytes and converts them in
milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from trainers.arrow import arrow

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column read as numbers.

    Attributes:
        values: float64, NaN where a cell is missing or unreadable.
        unreadable: indices of cells that hold a text that is no finite number.
    """

    values: Array
    unreadable: Array


class Texts:
    """A column of texts; `decimal` is the mark that stands before the fraction of a number."""

    __slots__ = ("_array", "_counts", "_numbers", "decimal")

    form: ClassVar[str] = "texts"

    def __init__(self, array: Any, decimal: str = ".") -> None:
        self._array = array
        self.decimal = decimal
        self._counts: dict[str, int] | None = None
        self._numbers: Numbers | None = None

    @classmethod
    def of(cls, values: Iterable[str | None], decimal: str = ".") -> Texts:
        """Make a column from Python texts."""
        pa = arrow()
        return cls(pa.chunked_array([pa.array(list(values), type=pa.string())]), decimal)

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, index: int) -> str | None:
        cell: str | None = self._array[int(index)].as_py()
        return cell

    def plain(self) -> list[str]:
        """Return the cells as Python texts; a missing one is empty."""
        return [cell or "" for cell in self._array.to_pylist()]

    def followed_by(self, other: Texts) -> Texts:
        """Return the cells of both, these first."""
        chunks = [_whole(self._array), _whole(other._array)]
        return Texts(arrow().chunked_array(chunks), self.decimal)

    def take(self, rows: Array) -> Texts:
        """Return the cells at the indices `rows`."""
        return Texts(self._array.take(arrow().array(rows)), self.decimal)

    def missing(self) -> Array:
        """Return where cells are missing, as booleans."""
        found: Array = self._array.is_null().to_numpy()
        return found

    def counts(self) -> dict[str, int]:
        """Return how often each text occurs, the most frequent first, equals by the alphabet."""
        if self._counts is None:
            pairs = self._array.value_counts()
            names, counts = pairs.field(0).to_pylist(), pairs.field(1).to_pylist()
            known = [
                (name, count) for name, count in zip(names, counts, strict=True) if name is not None
            ]
            self._counts = dict(sorted(known, key=lambda pair: (-pair[1], pair[0])))
        return self._counts

    def codes(self, labels: Sequence[str]) -> Array:
        """Return for each cell its index in `labels` as int64, -1 for others and missing cells."""
        pa = arrow()
        found = pa.compute.index_in(self._array, value_set=pa.array(list(labels), type=pa.string()))
        codes: Array = pa.compute.fill_null(found, -1).to_numpy().astype(np.int64)
        return codes

    def replaced(self, old: Sequence[str], new: Sequence[str]) -> Texts:
        """Return the column with every text of `old` replaced by its partner in `new`."""
        pa = arrow()
        index = pa.compute.index_in(self._array, value_set=pa.array(list(old), type=pa.string()))
        other = pa.array(list(new), type=pa.string()).take(_whole(index))
        return Texts(
            pa.chunked_array([pa.compute.coalesce(other, _whole(self._array))]), self.decimal
        )

    def numbers(self) -> Numbers:
        """Read every cell as a number."""
        if self._numbers is None:
            self._numbers = self._read_numbers()
        return self._numbers

    def _read_numbers(self) -> Numbers:
        pa = arrow()
        array = self._array
        if self.decimal == ",":
            array = pa.compute.replace_substring(array, ".", "")
            array = pa.compute.replace_substring(array, ",", ".")
        try:
            cast = pa.compute.cast(array, pa.float64())
            values: Array = cast.to_numpy().astype(np.float64)
        except pa.ArrowInvalid:
            values = self._numbers_by_distinct(array)
        values = np.where(np.isfinite(values), values, np.nan)
        return Numbers(values, np.flatnonzero(np.isnan(values) & ~self.missing()))

    def _numbers_by_distinct(self, array: Any) -> Array:
        # Arrow refuses the whole column for one odd cell; Python reads each distinct text once.
        pa = arrow()
        encoded = _whole(array).dictionary_encode()
        table = np.array([*map(_number, encoded.dictionary.to_pylist()), math.nan])
        index = pa.compute.fill_null(encoded.indices, len(table) - 1).to_numpy()
        numbers: Array = table[index]
        return numbers


def _whole(array: Any) -> Any:
    return array.combine_chunks() if hasattr(array, "combine_chunks") else array


def _number(text: str) -> float:
    try:
        return float(text) if "_" not in text else math.nan
    except ValueError:
        return math.nan


def mean_and_deviation(known: Array) -> tuple[float, float]:
    """Return both for one number or more; sums and squares of the largest ones do not overflow."""
    most = float(np.abs(known).max())
    unit = most if most > _LARGE else 1.0
    scaled = known / unit
    return float(scaled.mean() * unit), float(scaled.std() * unit)


_LARGE = 1e150

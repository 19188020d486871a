"""A table in the order of time, cut into windows: what was seen, and what came after it.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from trainers.files import size_and_time
from trainers.findings import Findings

if TYPE_CHECKING:
    from trainers.table import Table
    from trainers.texts import Array

_TIMES = ("date", "time", "month", "year", "day", "timestamp", "datetime", "ds", "step", "t")


@kind("Series")
@dataclass(frozen=True, slots=True)
class Series:
    """Windows of a CSV file whose rows are in the order of time, the earliest first.

    Gives the columns `past` (the last `look_back` steps of all values) and `future` (the next
    `horizon` steps of the target). Parts follow one another in time: the latest rows are the test,
    those before them validate; rows that would share future steps with a later part are left out.
    """

    endings: ClassVar[tuple[str, ...]] = ()

    path: str = param(help="The CSV file, relative to the spec or absolute.")
    look_back: int = param(24, low=1, high=10_000, help="How many steps the network sees.")
    horizon: int = param(1, low=1, high=1000, help="How many steps after them it predicts.")
    target: str | None = param(
        None, help="The column whose future is predicted; null: the first of the values."
    )
    values: tuple[str, ...] | Literal["auto"] = param(
        "auto", help="The columns the network sees; auto: all that hold numbers."
    )
    time: str | None = param(
        "auto", help="The column that holds the time; auto finds it, null: there is none."
    )
    stride: int = param(
        1, low=1, high=10_000, help="How many steps lie between two windows.", advanced=True
    )
    missing: Literal["error", "last"] = param(
        "error",
        help="A missing number is an error with its row, or the last known one before it.",
        advanced=True,
    )
    ahead: bool = field(default=False)

    def identity(self, folder: Path) -> Any:
        """Return what changes when the file does, without reading it."""
        return size_and_time(folder / self.path)

    def like(self, path: str, folder: Path, absent: Sequence[str] = ()) -> Series:  # noqa: ARG002
        """Return this reading for another file, the forecast behind its end included."""
        return replace(self, path=path, ahead=True)

    def open(self, folder: Path, findings: Findings) -> Table | None:
        """Read the file and cut it; None when there are errors."""
        from trainers.source_kinds import open_table
        from trainers.time_steps import check_times

        table = open_table(self.path, folder, findings)
        if table is None:
            return None
        time = self._time(table, findings)
        names = self._names(table, time, findings)
        if findings.failed or not names:
            return None
        if time:
            times: Any = table.values(time)
            check_times(times, findings)
        series = self._numbers(table, names, findings)
        return None if series is None else self._cut(table, names, series, findings)

    def _time(self, table: Table, findings: Findings) -> str | None:
        from trainers.table import missing_column

        if self.time == "auto":
            return next((name for name in table.columns if name.casefold() in _TIMES), None)
        if self.time is not None and self.time not in table.columns:
            missing_column(self.time, table.columns, "source", findings)
        return self.time

    def _names(self, table: Table, time: str | None, findings: Findings) -> tuple[str, ...]:
        """The columns that are seen, the target among them."""
        from trainers.table import missing_column

        if isinstance(self.values, str):
            others = [name for name in table.columns if name != time]
            names = tuple(name for name in others if _has_numbers(table.values(name)))
        else:
            names = self.values
        if self.target is not None and self.target not in names:
            names = (*names, self.target)
        for name in names:
            if name not in table.columns:
                missing_column(name, table.columns, "source", findings)
        if not names:
            findings.add("data.no_numbers", f"'{self.path}' has no column of numbers to forecast")
        return names

    def _numbers(self, table: Table, names: Sequence[str], findings: Findings) -> Array | None:
        import numpy as np

        columns: list[Array] = []
        for name in names:
            texts: Any = table.values(name)
            numbers: Array = texts.numbers().values
            gaps = np.flatnonzero(np.isnan(numbers))
            if len(gaps) and (self.missing == "error" or gaps[0] == 0):
                findings.add(
                    "data.missing_number",
                    f"column '{name}' has no number in row {gaps[0] + 1}"
                    + (f" and {len(gaps) - 1:,} others" if len(gaps) > 1 else ""),
                    row=int(gaps[0]) + 1,
                    hint="write missing: last to repeat the one before it"
                    if gaps[0]
                    else "the first row needs a number: remove the rows before it",
                )
            columns.append(_repeated(numbers))
        return None if findings.failed else np.stack(columns, axis=1)

    def _cut(
        self, table: Table, names: tuple[str, ...], series: Array, findings: Findings
    ) -> Table | None:
        from trainers.table import Arrays, Table
        from trainers.windows import shared_rows, slide

        target = self.target or names[0]
        windows = slide(
            series,
            names.index(target),
            look_back=self.look_back,
            horizon=self.horizon,
            stride=self.stride,
            ahead=self.ahead,
        )
        if not len(windows):
            findings.add(
                "data.short_series",
                f"'{self.path}' has {len(series):,} steps; a window needs "
                f"{self.look_back} + {self.horizon}",
                hint="make look_back or horizon smaller",
            )
            return None
        return Table(
            ("past", "future"),
            len(windows),
            {"past": Arrays(windows.past), "future": Arrays(windows.future)},
            fingerprint=table.fingerprint,
            summary=f"{Path(self.path).name}: {len(series):,} steps of {', '.join(names)[:80]}, "
            f"{len(windows):,} windows",
            kinds={"past": "series", "future": "series"},
            targets=("future",),
            in_order=shared_rows(self.horizon, self.stride),
        )


def _has_numbers(texts: Any) -> bool:
    return not len(texts.numbers().unreadable) and not bool(texts.missing().all())


def _repeated(numbers: Array) -> Array:
    """The numbers with each gap filled by the last known one before it."""
    import numpy as np

    known = np.where(np.isnan(numbers), 0, np.arange(len(numbers)))
    return numbers[np.maximum.accumulate(known)]

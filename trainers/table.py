"""The rows of a data set as columns, whatever file they come from.

A source kind opens a file and returns a `Table`; column kinds turn its columns into numbers.
Nothing is converted before a column type asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeAlias

from nnspec.problems import nearest
from nnspec.shapes import Shape
from trainers.findings import Findings
from trainers.pictures import Pictures
from trainers.texts import Array, Texts

Values: TypeAlias = Texts | Pictures
State: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a source.

    Attributes:
        columns: names in the order of the file.
        rows: how many there are.
        cells: the values of each column.
        part: "train", "validation" or "test" for each row where the source itself says so, else
        None. fingerprint: file, size and content hash, recorded with a run.
        summary: one line that says what was read.
    """

    columns: tuple[str, ...]
    rows: int
    cells: Mapping[str, Values]
    part: Array | None = None
    fingerprint: Mapping[str, Any] = field(default_factory=dict[str, Any])
    summary: str = ""

    def values(self, name: str) -> Values:
        """Return the values of a column that exists."""
        return self.cells[name]

    def texts(self, name: str) -> Texts | None:
        """Return the column as texts, or None when it holds pictures."""
        values = self.cells[name]
        return values if isinstance(values, Texts) else None


class Source(Protocol):
    """What a source kind offers. `endings` are the file endings that `source: name` means it by."""

    endings: ClassVar[tuple[str, ...]]

    @property
    def path(self) -> str:
        """The file or folder as the spec writes it."""
        ...

    def identity(self, folder: Path) -> Any:
        """Return what changes when the content does, without reading it (JSON data)."""
        ...

    def like(self, path: str, folder: Path, absent: Sequence[str] = ()) -> Source:
        """Return the same reading of another file, which may lack the columns `absent`."""
        ...

    def open(self, folder: Path, findings: Findings) -> Table | None:
        """Read the rows; relative paths start at `folder`. None when there are errors."""
        ...


class ColumnType(Protocol):
    """What a column kind offers: from cells to numbers and back. A state is plain JSON data.

    `fault` is the code of the problem that an unreadable cell is.
    """

    fault: ClassVar[str]

    def look(self, values: Any) -> State:
        """Return what `shape`, `outputs` and `labels` need, as cheaply as can be."""
        ...

    def fit(self, values: Any) -> State:
        """Learn from the training rows what `encode` needs."""
        ...

    def faults(self, values: Any) -> Sequence[tuple[int, str]]:
        """Return the cells that cannot be read as this type: index and what stands there."""
        ...

    def encode(self, values: Any, state: State) -> Array:
        """Turn cells into network inputs: float32 of shape rows x width, or uint8 pictures."""
        ...

    def targets(self, values: Any, state: State) -> Array:
        """Turn cells into what is to be predicted: class indices (int64) or float32 rows x 1."""
        ...

    def restore(self, outputs: Array, state: State) -> Array:
        """Turn predicted numbers back into the unit of the column (identity for classes)."""
        ...

    def shape(self, state: State) -> Shape:
        """The shape of one encoded cell."""
        ...

    def outputs(self, state: State) -> int:
        """How many numbers a network must give to predict this column."""
        ...

    def labels(self, state: State) -> tuple[str, ...]:
        """The names of the classes; empty for a number."""
        ...


def missing_column(name: str, columns: Sequence[str], anchor: str, findings: Findings) -> None:
    """Report a column that the data does not have, with the nearest one and all the others."""
    shown = ", ".join(columns[:20]) + (", …" if len(columns) > 20 else "")
    near = nearest(name, columns)
    findings.add(
        "data.unknown_column",
        f"the data has no column '{name}'",
        hint=f"did you mean '{near}'?" if near else "name one of them",
        anchor=anchor,
        details=(f"columns: {shown}",),
    )

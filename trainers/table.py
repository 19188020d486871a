"""The rows of a data set as columns, whatever file they come from.

A source kind opens a file and returns a `Table`; column kinds turn its columns into numbers.
Nothing is converted before a column type asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeAlias, runtime_checkable

from nnspec.problems import nearest
from nnspec.shapes import Shape
from trainers.findings import Findings
from trainers.texts import Array, Texts

State: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Arrays:
    """A column that holds an array a row: windows of a series, vectors, sounds.

    Attributes:
        values: rows x anything.
    """

    form: ClassVar[str] = "arrays"

    values: Array

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: Array) -> Arrays:
        """The arrays of some rows, in that order."""
        return Arrays(self.values[rows])


class Values(Protocol):
    """The values of a column: texts, pictures, arrays; `form` says which, as a word."""

    form: ClassVar[str]

    def __len__(self) -> int: ...

    def take(self, rows: Array) -> Any:
        """The values of some rows, in that order."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a source.

    Attributes:
        columns: names in the order of the file.
        rows: how many there are.
        cells: the values of each column.
        part: "train", "validation" or "test" for each row where the source itself says so, else
            None; "" is a row of no part.
        fingerprint: file, size and content hash, recorded with a run.
        summary: one line that says what was read.
        kinds: the column kind that the source means a column to be, by name; others are guessed.
        targets: the columns that are predicted where the spec does not say.
        whole: inputs that belong to all rows together, by name, such as the edges of a graph whose
            nodes are the rows. Then every step sees all rows.
        in_order: where rows stand in the order of time, how many of the rows after a row share
            what is predicted with it; None for rows without order.
    """

    columns: tuple[str, ...]
    rows: int
    cells: Mapping[str, Values]
    part: Array | None = None
    fingerprint: Mapping[str, Any] = field(default_factory=dict[str, Any])
    summary: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict[str, str])
    targets: tuple[str, ...] = ()
    whole: Mapping[str, Array] = field(default_factory=dict[str, Array])
    in_order: int | None = None

    def values(self, name: str) -> Values:
        """Return the values of a column that exists."""
        return self.cells[name]

    def texts(self, name: str) -> Texts | None:
        """Return the column as texts, or None when it holds something else."""
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

    `fault` is the code of the problem that an unreadable cell is; `reads` the form of the values it
    takes. A kind that gives the network more inputs than one has `further` and `encode_further` as
    well (`FurtherInputs`).
    """

    fault: ClassVar[str]
    reads: ClassVar[str]

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
        """Turn cells into network inputs: float32 of shape rows x width, uint8 pictures, tokens."""
        ...

    def targets(self, values: Any, state: State) -> Array:
        """Turn cells into what is predicted: class numbers (int64, -1: unknown) or float32."""
        ...

    def restore(self, outputs: Array, state: State) -> Array:
        """Turn predicted numbers back into the unit of the column (identity for classes)."""
        ...

    def shape(self, state: State) -> Shape:
        """The shape of one encoded cell."""
        ...

    def answer(self, state: State) -> Shape:
        """The shape that a network must give to predict this column."""
        ...

    def labels(self, state: State) -> tuple[str, ...]:
        """The names of the classes; empty for a number."""
        ...


@runtime_checkable
class FurtherInputs(Protocol):
    """What a column kind offers that gives the network more inputs, each named `<column>_<key>`.

    `target` tells whether the column is predicted: then these are what the network is given of it,
    such as the words before each word.
    """

    def further(self, state: State, *, target: bool) -> Mapping[str, Shape]:
        """The shapes of the inputs by key."""
        ...

    def encode_further(self, values: Any, state: State, *, target: bool) -> Mapping[str, Array]:
        """Turn cells into these inputs."""
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
        instead=near or "",
    )

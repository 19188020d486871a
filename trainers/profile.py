"""What is known of data before training: of its columns, its targets, and all of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nnspec.shapes import Interface, Shape
from trainers.targets import Task


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What is known of one column.

    Attributes:
        type: the column kind's name; "ignore" when it is left out.
        detected: whether the spec does not name the type.
        note: why it is left out, or "".
        missing, distinct: counts over all rows (0 distinct for pictures).
        examples: some of its texts as they stand in the file.
        low, high, mean: of a number, else None.
        settings: of the detected type, where they differ from its defaults.
        top: the most frequent texts and their counts, for other types.
    """

    name: str
    type: str
    detected: bool
    note: str
    missing: int
    distinct: int
    examples: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    top: tuple[tuple[str, int], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class TargetProfile:
    """What is known of a column to predict.

    Attributes:
        labels, counts: its classes and how many training rows each has; empty for a number.
    """

    name: str
    task: Task
    labels: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of the data before training.

    Attributes:
        rows: how many rows each part has (`train`, `validation`, `test`).
        columns: all columns in the order of the source, the targets included.
        targets: the columns to predict; none where the spec brings losses of its own.
        interface: what the network is offered and has to give.
        summary: one line about the source.
    """

    rows: Mapping[str, int]
    columns: tuple[ColumnProfile, ...]
    targets: tuple[TargetProfile, ...]
    interface: Interface
    summary: str

    @property
    def tasks(self) -> dict[str, Task]:
        """What predicting each target is."""
        return {target.name: target.task for target in self.targets}

    @property
    def task(self) -> Task | None:
        """What predicting the first target is; None without one."""
        return self.targets[0].task if self.targets else None

    @property
    def target(self) -> str:
        """The first column to predict, or ""."""
        return self.targets[0].name if self.targets else ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes of the first target."""
        return self.targets[0].labels if self.targets else ()

    @property
    def counts(self) -> tuple[int, ...]:
        """How many training rows each class of the first target has."""
        return self.targets[0].counts if self.targets else ()

    def column(self, name: str) -> ColumnProfile:
        """Return the column of that name, which must exist."""
        return next(column for column in self.columns if column.name == name)

    def to_json(self) -> dict[str, Any]:
        """Return the profile as plain data."""
        told = dataclasses.asdict(self)
        told["interface"]["optional"] = sorted(self.interface.optional)
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Profile:
        """Return the profile that `to_json` wrote."""
        offered = data["interface"]
        interface = Interface(
            _shapes(offered["inputs"]),
            _shapes(offered["targets"]),
            offered["default"],
            frozenset(offered["optional"]),
            _shapes(offered["truths"]),
        )
        return cls(
            rows=data["rows"],
            columns=tuple(_column_from(column) for column in data["columns"]),
            targets=tuple(_target_from(target) for target in data["targets"]),
            interface=interface,
            summary=data["summary"],
        )


def _shapes(data: Mapping[str, Any]) -> dict[str, Shape]:
    return {
        name: Shape(tuple(shape["sizes"]), shape["dtype"], shape["count"])
        for name, shape in data.items()
    }


def _target_from(data: dict[str, Any]) -> TargetProfile:
    return TargetProfile(data["name"], data["task"], tuple(data["labels"]), tuple(data["counts"]))


def _column_from(data: dict[str, Any]) -> ColumnProfile:
    top = tuple((str(name), int(count)) for name, count in data["top"])
    return dataclasses.replace(ColumnProfile(**data), examples=tuple(data["examples"]), top=top)

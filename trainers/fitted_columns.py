"""A column with its type and what was learned of it, and what columns offer the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from nnspec.params import settings_of
from nnspec.shapes import Interface, Shape, truth_of
from trainers.detection import column_kind
from trainers.table import ColumnType, FurtherInputs, State
from trainers.targets import Task
from trainers.texts import Array

FEATURES = "features"
"""The input in which columns of numbers stand side by side."""


@dataclass(frozen=True, slots=True)
class FittedColumn:
    """A column, its type and what the type learned from the training rows."""

    name: str
    kind: str
    type: ColumnType
    state: State

    @property
    def is_alone(self) -> bool:
        """Whether the column is an input of its own instead of a part of `features`."""
        shape = self.type.shape(self.state)
        return len(shape) != 1 or shape.dtype == "int"

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes in the order of the network's answers; empty for a number."""
        return self.type.labels(self.state)

    @property
    def task(self) -> Task:
        """What predicting this column is."""
        return "classification" if self.labels else "regression"

    def further(self, *, target: bool = False) -> dict[str, Shape]:
        """The further inputs that come of this column, by their names."""
        if not isinstance(self.type, FurtherInputs):
            return {}
        found = self.type.further(self.state, target=target)
        return {f"{self.name}_{key}": shape for key, shape in found.items()}

    def encode_further(self, values: Any, *, target: bool = False) -> dict[str, Array]:
        """The arrays of `further`."""
        if not isinstance(self.type, FurtherInputs):
            return {}
        found = self.type.encode_further(values, self.state, target=target)
        return {f"{self.name}_{key}": array for key, array in found.items()}

    def to_json(self) -> dict[str, Any]:
        """Return the column as plain data."""
        return {
            "name": self.name,
            "kind": self.kind,
            "settings": settings_of(self.type),
            "state": self.state,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FittedColumn:
        """Return the column that `to_json` wrote."""
        settings: dict[str, Any] = {
            name: tuple(cast("list[Any]", value)) if isinstance(value, list) else value
            for name, value in data["settings"].items()
        }
        return cls(
            data["name"], data["kind"], column_kind(data["kind"]).make(**settings), data["state"]
        )


def interface_of(
    columns: tuple[FittedColumn, ...],
    targets: tuple[FittedColumn, ...],
    whole: Mapping[str, Shape],
) -> Interface:
    """Return what the columns offer the network; states from `look` are enough."""
    inputs: dict[str, Shape] = {}
    optional: dict[str, Shape] = dict(whole)
    width = 0
    for column in columns:
        shape = column.type.shape(column.state)
        if column.is_alone:
            inputs[column.name] = shape
        else:
            width += int(shape.sizes[0])
        optional |= column.further()
    if width:
        inputs[FEATURES] = Shape((width,))
    for target in targets:
        inputs |= target.further(target=True)
    answers = {target.name: target.type.answer(target.state) for target in targets}
    classes = {target.name: target.labels for target in targets}
    default = next(iter(inputs)) if len(inputs) == 1 else None
    truths = {name: truth_of(answers[name], len(labels)) for name, labels in classes.items()}
    return Interface(inputs | optional, answers, default, frozenset(optional), truths)

"""What was learned from the training rows about the data, saved with the model and used ever after.

Prediction, server and export encode new rows with exactly this and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnspec.shapes import Interface, Shape
from trainers.findings import Findings
from trainers.fitted_columns import FEATURES, FittedColumn, interface_of
from trainers.picture_files import UnfitMasksError, UnreadableFilesError
from trainers.table import ColumnType, Table, missing_column
from trainers.targets import Task
from trainers.texts import Array, Texts

_MOST_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """Encoded rows.

    Attributes:
        inputs: by input name: float32 rows x width (`features`), uint8 rows x channels x height x
            width (a picture column), whole numbers (tokens).
        targets: by target: int64 class numbers (-1 unknown) or float32 numbers (NaN unknown).
        rows: the number of each row in the source, from 0.
        whole: whether `inputs` hold all rows of the source, of which only `rows` are judged.
    """

    inputs: Mapping[str, Array]
    targets: Mapping[str, Array]
    rows: Array
    whole: bool = False


@dataclass(frozen=True, slots=True)
class PixelScale:
    """Mean and deviation of each channel of a picture column, in the bytes' unit (0 to 255)."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """All input columns and the targets with their states.

    `whole` holds the shapes of the inputs that belong to all rows together.
    """

    columns: tuple[FittedColumn, ...]
    targets: tuple[FittedColumn, ...]
    whole: Mapping[str, Shape] = field(default_factory=dict[str, Shape])

    @property
    def tasks(self) -> dict[str, Task]:
        """What predicting each target is."""
        return {target.name: target.task for target in self.targets}

    @property
    def interface(self) -> Interface:
        """Inputs and targets as the network sees them."""
        return interface_of(self.columns, self.targets, self.whole)

    @property
    def pixel_scales(self) -> dict[str, PixelScale]:
        """How to scale the bytes of each picture input: (byte - mean) / deviation."""
        return {
            column.name: PixelScale(tuple(column.state["mean"]), tuple(column.state["deviation"]))
            for column in self.columns
            if column.is_alone and "deviation" in column.state
        }

    def restore(self, target: str, outputs: Array) -> Array:
        """Return predicted numbers in the target's own unit (float64)."""
        column = next(column for column in self.targets if column.name == target)
        restored: Array = column.type.restore(outputs, column.state)
        return restored

    def encode(self, table: Table, findings: Findings, rows: Array | None = None) -> Part | None:
        """Encode `rows` of a table (all: a row out for every row in); None when it does not fit.

        A target column that is there is encoded too; one that is not is left out of `targets`.
        Where inputs belong to all rows together, all rows are encoded and `rows` says which count.
        """
        missing = [column.name for column in self.columns if column.name not in table.columns]
        for name in missing:
            missing_column(name, table.columns, f"columns.{name}", findings)
        if missing:
            return None
        for column in self.columns:
            report_faults(column.name, column.type, table, findings)
        numbers = np.arange(table.rows) if rows is None else rows
        seen = None if self.whole else rows
        inputs = self._inputs(table, seen, findings) if not findings.failed else None
        if inputs is None:
            return None
        for target in self.targets:
            if target.name in table.columns:
                given = target.encode_further(_some(table, target.name, seen), target=True)
                inputs |= given
        inputs |= {name: table.whole[name] for name in self.whole}
        targets = self._targets(table, rows, findings)
        return Part(inputs, targets, numbers, whole=bool(self.whole))

    def _inputs(
        self, table: Table, rows: Array | None, findings: Findings
    ) -> dict[str, Array] | None:
        inputs: dict[str, Array] = {}
        side_by_side: list[Array] = []
        for column in self.columns:
            values = _some(table, column.name, rows)
            try:
                encoded = column.type.encode(values, column.state)
            except UnreadableFilesError as error:
                report_unreadable(error, findings)
                return None
            if column.is_alone:
                inputs[column.name] = encoded
            else:
                side_by_side.append(encoded)
            inputs |= column.encode_further(values)
        if side_by_side:
            inputs[FEATURES] = np.concatenate(side_by_side, axis=1)
        return inputs

    def _targets(self, table: Table, rows: Array | None, findings: Findings) -> dict[str, Array]:
        targets: dict[str, Array] = {}
        for column in self.targets:
            if column.name not in table.columns:
                continue
            values = _some(table, column.name, rows)
            # Of texts that are predicted word by word, the labels are words.
            if isinstance(values, Texts) and len(column.type.answer(column.state)) == 1:
                values = match_labels(values, column.labels, findings) if column.labels else values
            targets[column.name] = column.type.targets(values, column.state)
        return targets

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "columns": [column.to_json() for column in self.columns],
            "targets": [target.to_json() for target in self.targets],
            "whole": {name: [list(x.sizes), x.dtype] for name, x in self.whole.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fitted:
        """Return what `to_json` wrote.

        Raises:
            LookupError: it names a column type this version does not have.
        """
        return cls(
            tuple(FittedColumn.from_json(column) for column in data["columns"]),
            tuple(FittedColumn.from_json(target) for target in data["targets"]),
            {name: Shape(tuple(sizes), dtype) for name, (sizes, dtype) in data["whole"].items()},
        )


def _some(table: Table, name: str, rows: Array | None) -> Any:
    values = table.values(name)
    return values if rows is None else values.take(rows)


def report_faults(
    name: str, type_: ColumnType, table: Table, findings: Findings, *, anchor: str = ""
) -> None:
    """Report the cells of a column that its type cannot read: one problem, the first rows named."""
    faults = type_.faults(table.values(name))
    if not faults:
        return
    first, text = faults[0]
    cells = "1 cell is" if len(faults) == 1 else f"{len(faults):,} of {table.rows:,} cells are"
    findings.add(
        type_.fault,
        f"column '{name}' is typed {type(type_).__name__.lower()}, but {cells} something else; "
        f"the first is '{text[:80]}' in row {first + 1}",
        anchor=anchor or f"columns.{name}",
        row=first + 1,
        details=[f"row {row + 1}: '{other[:80]}'" for row, other in faults[1:_MOST_FAULTS]],
        hint=f"make '{name}' a category, mend the cells, or list the text under the source's "
        "missing:",
    )


def report_unreadable(error: UnreadableFilesError, findings: Findings) -> None:
    """Report pictures or sounds that cannot be read, each by name, or why masks are unfit."""
    if isinstance(error, UnfitMasksError):
        findings.found.append(error.finding)
        return
    mend = "as WAV" if error.what == "sound" else "as PNG"
    for name, reason in list(_sorted(error.reasons))[:20]:
        findings.add(
            f"data.unreadable_{error.what}",
            f"the {error.what} '{name}' cannot be read: {reason}",
            hint=f"remove the file, or save it again {mend}",
        )
    if len(error.reasons) > 20:
        findings.add(
            f"data.unreadable_{error.what}",
            f"{len(error.reasons):,} {error.what}s in all cannot be read",
        )


def _sorted(reasons: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return iter(sorted(reasons.items()))


def match_labels(values: Texts, labels: tuple[str, ...], findings: Findings) -> Texts:
    """Match labels that differ from known ones by case or a last dot only, with a warning."""
    known = {_folded(label): label for label in labels}
    unknown = [name for name in values.counts() if name not in labels]
    pairs = {name: known[_folded(name)] for name in unknown if _folded(name) in known}
    for name, label in pairs.items():
        findings.warn(
            "data.label_matched",
            f"'{name}' is read as the class '{label}'",
            anchor="target",
            hint="they differ only by case or a dot at the end",
        )
    for name in [name for name in unknown if name not in pairs][:10]:
        findings.warn(
            "data.unknown_class",
            f"'{name}' is no class that was trained",
            anchor="target",
            hint=f"classes: {', '.join(labels[:12])}",
        )
    return values.replaced(list(pairs), list(pairs.values())) if pairs else values


def _folded(label: str) -> str:
    return label.strip().rstrip(".").casefold()

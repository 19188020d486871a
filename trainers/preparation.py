"""From a `data:` section to arrays: open, type, divide, fit on the training rows, encode.

`arrange` does all that a quick look needs as well (types and parts); `prepare` then fits and encodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnspec.catalog import Kind
from nnspec.problems import Problems
from nnspec.shapes import Interface
from nnspec.spec import Column, Data, Split
from trainers.detection import Guess, column_kind, guess_input, guess_target, too_many_classes
from trainers.findings import Findings, report
from trainers.fitted import (
    Fitted,
    FittedColumn,
    Part,
    report_faults,
    report_pictures,
)
from trainers.pictures import Pictures, UnreadablePicturesError
from trainers.splits import split_rows
from trainers.table import ColumnType, Source, Table, missing_column
from trainers.texts import Array, Texts


@dataclass(frozen=True, slots=True)
class Typed:
    """A column and its type; `guess` tells why where the spec names none."""

    name: str
    kind: Kind
    made: Any
    guess: Guess | None = None

    @property
    def used(self) -> bool:
        """Whether the column is an input of the network."""
        return self.kind.name != "ignore"

    @property
    def type(self) -> ColumnType:
        """The column kind with its settings."""
        made: ColumnType = self.made
        return made


@dataclass(frozen=True, slots=True)
class Arranged:
    """A table with types and parts, before anything is learned from it."""

    table: Table
    columns: tuple[Typed, ...]
    target: Typed
    parts: Mapping[str, Array]

    @property
    def inputs(self) -> tuple[Typed, ...]:
        """The columns the network sees."""
        return tuple(column for column in self.columns if column.used)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Data ready to train on.

    Attributes:
        parts: train, validation and test; a part whose share is 0 has no rows.
        fitted: what was learned from the training rows.
        fingerprint: what tells this data from another, for the run's record.
    """

    parts: Mapping[str, Part]
    fitted: Fitted
    fingerprint: Mapping[str, Any]

    @property
    def interface(self) -> Interface:
        """Inputs and targets as the network sees them."""
        return self.fitted.interface


def prepare(data: Data, folder: Path, problems: Problems) -> Prepared | None:
    """Open, divide, fit and encode; None when `problems` got an error.

    Args:
        data: the checked `data:` section.
        folder: where relative paths start: the spec's folder.
        problems: takes what is wrong, at the places of the spec.
    """
    findings = Findings()
    prepared = _prepare(data, folder, findings)
    report(findings, data, problems)
    return None if findings.failed else prepared


def _prepare(data: Data, folder: Path, findings: Findings) -> Prepared | None:
    arranged = arrange(data, folder, findings)
    if arranged is None or findings.failed:
        return None
    try:
        fitted = fit(arranged)
    except UnreadablePicturesError as error:
        report_pictures(error, findings)
        return None
    parts: dict[str, Part] = {}
    for name, rows in arranged.parts.items():
        part = fitted.encode(arranged.table, findings, rows)
        if part is None:
            return None
        parts[name] = part
    return Prepared(parts, fitted, arranged.table.fingerprint)


def open_other(data: Data, path: Path, problems: Problems, *, target: str) -> Table | None:
    """Open another file the way the spec's source is read, to predict or evaluate on it.

    The target column may be absent. None when `problems` got an error.
    """
    findings = Findings(str(path))
    source = data.source.made.like(str(path), path.parent, (target,)) if path.exists() else None
    table = (source or data.source.made.like(str(path), path.parent)).open(path.parent, findings)
    report(findings, data, problems)
    return None if findings.failed else table


def fit(arranged: Arranged) -> Fitted:
    """Learn from the training rows, and from no others.

    Raises:
        UnreadablePicturesError: some pictures cannot be decoded.
    """
    rows = arranged.parts["train"]

    def fitted(column: Typed) -> FittedColumn:
        state = column.type.fit(arranged.table.values(column.name).take(rows))
        return FittedColumn(column.name, column.kind.name, column.type, state)

    return Fitted(tuple(fitted(column) for column in arranged.inputs), fitted(arranged.target))


def arrange(data: Data, folder: Path, findings: Findings) -> Arranged | None:
    """Open the source, give every column a type and every row a part; None when there are errors."""
    source: Source = data.source.made
    table = source.open(folder, findings)
    if table is None:
        return None
    target = _target(data, table, findings)
    for name in data.columns:
        if name not in table.columns:
            missing_column(name, table.columns, f"columns.{name}", findings)
    if target is None or findings.failed:
        return None
    columns = tuple(
        _typed(name, data.columns.get(name), table, findings)
        for name in table.columns
        if name != target.name
    )
    if not any(column.used for column in columns):
        findings.add(
            "data.no_inputs",
            "no column is left to learn from",
            hint="give at least one column a type under columns:",
        )
        return None
    _check(columns, target, table, findings)
    parts = None if findings.failed else _parts(data.split, target, table, findings)
    return Arranged(table, columns, target, parts) if parts else None


def _target(data: Data, table: Table, findings: Findings) -> Typed | None:
    name = data.target.name if data.target else "label" if "image" in table.columns else None
    if name is None:
        findings.add(
            "data.no_target",
            "the spec does not say which column to predict",
            hint=f"add target: and one of {', '.join(table.columns[:12])}",
        )
        return None
    if name not in table.columns:
        missing_column(name, table.columns, "target", findings)
        return None
    written = data.target if data.target and data.target.type else data.columns.get(name)
    if written and written.type:
        return Typed(name, written.type.kind, written.type.made)
    guess = guess_target(table.values(name))
    kind = column_kind(guess.kind)
    return Typed(name, kind, kind.make(**guess.settings), guess)


def _typed(name: str, written: Column | None, table: Table, findings: Findings) -> Typed:
    if written is not None:
        kind = written.type.kind if written.type else column_kind("ignore")
        return Typed(name, kind, written.type.made if written.type else kind.make())
    guess = guess_input(table.values(name))
    kind = column_kind(guess.kind)
    if guess.code:
        findings.warn(
            guess.code,
            f"column '{name}' is left out: it {guess.note}",
            anchor=f"columns.{name}",
            hint=f"write '{name}: ignore' to confirm, or give it a type",
        )
    return Typed(name, kind, kind.make(**guess.settings), guess)


def _check(columns: Sequence[Typed], target: Typed, table: Table, findings: Findings) -> None:
    for column in (*columns, target):
        anchor = "target" if column is target else f"columns.{column.name}"
        is_picture = isinstance(table.values(column.name), Pictures)
        if column.used and is_picture != (column.kind.name == "image"):
            findings.add(
                "data.wrong_type",
                f"column '{column.name}' holds "
                f"{'pictures' if is_picture else 'texts'} and cannot be of type "
                f"{column.kind.name}",
                anchor=anchor,
            )
        elif column.used:
            report_faults(column.name, column.type, table, findings, anchor=anchor)
            _warn_of_constant(column, table, anchor, findings)
    if not target.used or target.kind.name == "image":
        findings.add(
            "data.target_type",
            f"the target '{target.name}' cannot be of type {target.kind.name}",
            anchor="target",
            hint="a target is a number, a category or binary",
        )
    elif not findings.failed:
        _check_classes(target, table, findings)


def _warn_of_constant(column: Typed, table: Table, anchor: str, findings: Findings) -> None:
    values = table.texts(column.name)
    if anchor != "target" and values is not None and len(values.counts()) < 2:
        findings.warn(
            "data.constant_column",
            f"column '{column.name}' holds one value only",
            anchor=anchor,
            hint=f"write '{column.name}: ignore'",
        )


def _check_classes(target: Typed, table: Table, findings: Findings) -> None:
    values = table.texts(target.name)
    if values is None:
        return
    counts = values.counts()
    if not counts:
        findings.add(
            "data.no_labels",
            f"the target '{target.name}' is missing in every row",
            anchor="target",
            hint="pictures need a folder per class" if "image" in table.columns else None,
        )
    elif len(counts) < 2:
        findings.add(
            "data.one_class",
            f"the target '{target.name}' has one value only: '{next(iter(counts))}'",
            anchor="target",
            hint="there is nothing to tell apart; choose another target",
        )
    elif target.kind.name != "number" and too_many_classes(values):
        findings.add(
            "data.too_many_classes",
            f"the target '{target.name}' has {len(counts):,} "
            f"different values in {len(values):,} rows",
            anchor="target",
            hint="a class needs several examples; is it a number or an identifier?",
        )


def _parts(
    settings: Split, target: Typed, table: Table, findings: Findings
) -> Mapping[str, Array] | None:
    values = table.values(target.name)
    usable = np.arange(table.rows)
    if isinstance(values, Texts):
        usable = np.flatnonzero(~values.missing())
    if len(usable) < table.rows:
        findings.warn(
            "data.missing_target",
            f"{table.rows - len(usable):,} rows are left out: their '{target.name}' is missing",
            anchor="target",
        )
    groups = _groups(settings, target, table, findings)
    own = table.part[usable] if table.part is not None else None
    parts = split_rows(
        usable, settings, findings, own=own, groups=groups[usable] if groups is not None else None
    )
    if parts is not None and target.kind.name != "number" and isinstance(values, Texts):
        _check_part_classes(values, parts, findings)
    return None if findings.failed else parts


def _groups(settings: Split, target: Typed, table: Table, findings: Findings) -> Array | None:
    name = settings.stratify
    if name is None:
        name = target.name if target.kind.name != "number" else None
    if name is None:
        return None
    texts = table.texts(name) if name in table.columns else None
    if texts is None:
        missing_column(name, table.columns, "split", findings)
        return None
    return texts.codes(list(texts.counts()))


def _check_part_classes(values: Texts, parts: Mapping[str, Array], findings: Findings) -> None:
    trained = values.take(parts["train"]).counts()
    for name in ("validation", "test"):
        unknown = [label for label in values.take(parts[name]).counts() if label not in trained]
        if unknown:
            shown = ", ".join(f"'{label}'" for label in unknown[:8])
            findings.add(
                "data.class_missing",
                f"no training row has the class {shown}, which the {name} rows have",
                anchor="target",
                hint="a class needs examples in every part: add some, or merge rare classes",
            )
    for label, count in trained.items():
        if count == 1:
            findings.warn(
                "data.rare_class", f"the class '{label}' has one training row only", anchor="target"
            )

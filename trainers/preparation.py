"""From a `data:` section to arrays: open, type, divide, fit on the training rows, encode.

`arrange` does all that a quick look needs as well (types and parts); `prepare` then fits and
encodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nnspec.problems import Problems
from nnspec.section_settings import Split
from nnspec.shapes import Interface, Shape
from nnspec.spec import Column, Data
from trainers.column_checks import Typed, check_columns, check_part_classes
from trainers.detection import Guess, column_kind, guess_input, guess_target
from trainers.dialect import sniff
from trainers.files import locate
from trainers.findings import Findings, report
from trainers.fitted import Fitted, Part, report_unreadable
from trainers.fitted_columns import FittedColumn
from trainers.picture_files import UnreadableFilesError
from trainers.splits import split_rows
from trainers.table import FurtherInputs, Source, Table, missing_column
from trainers.texts import Array, Texts


@dataclass(frozen=True, slots=True)
class Arranged:
    """A table with types and parts, before anything is learned from it."""

    table: Table
    columns: tuple[Typed, ...]
    targets: tuple[Typed, ...]
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
    except UnreadableFilesError as error:
        report_unreadable(error, findings)
        return None
    parts: dict[str, Part] = {}
    for name, rows in arranged.parts.items():
        part = fitted.encode(arranged.table, findings, rows)
        if part is None:
            return None
        parts[name] = part
    return Prepared(parts, fitted, arranged.table.fingerprint)


def open_other(
    data: Data, path: Path, problems: Problems, *, targets: tuple[str, ...]
) -> Table | None:
    """Open another file the way the spec's source is read, to predict or evaluate on it.

    The target columns may be absent. None when `problems` got an error.
    """
    findings = Findings(str(path))
    if locate(str(path), Path(), findings) is None:
        report(findings, data, problems)
        return None
    path = path.absolute()
    source: Source = data.source.made
    absent = targets if path.is_file() else ()
    table = source.like(str(path), path.parent, absent).open(path.parent, findings)
    _blame_file(findings, source, path)
    report(findings, data, problems)
    return None if findings.failed else table


def _blame_file(findings: Findings, source: Source, path: Path) -> None:
    """Say that another file is unlike the run's data, where reading it blames the spec."""
    for index, found in enumerate(findings.found):
        words = hint = ""
        if found.code == "data.archive" and path.suffix.lower() != ".zip":
            words = f"{path.name} is not a folder or zip of pictures, which this run was trained on"
            hint = "give a folder, a zip or a picture"
        elif found.code == "data.names" and (dialect := sniff(path, Findings())):
            here, known = len(dialect.first), len(getattr(source, "names", ()))
            words = (
                f"{path.name} does not look like the data the run was trained on: "
                f"it has {here} columns, the run's data has {known}"
            )
            hint = "give a file with the same columns"
        if words:
            findings.found[index] = replace(found, message=words, hint=hint)


def fit(arranged: Arranged) -> Fitted:
    """Learn from the training rows, and from no others.

    Raises:
        UnreadableFilesError: some pictures cannot be decoded.
    """
    rows = arranged.parts["train"]

    def fitted(column: Typed) -> FittedColumn:
        state = column.type.fit(arranged.table.values(column.name).take(rows))
        return FittedColumn(column.name, column.kind.name, column.type, state)

    return Fitted(
        tuple(map(fitted, arranged.inputs)),
        tuple(map(fitted, arranged.targets)),
        whole_shapes(arranged.table),
    )


def whole_shapes(table: Table) -> dict[str, Shape]:
    """The shapes of the inputs that belong to all rows together."""
    return {
        name: Shape(array.shape[1:], "int" if array.dtype.kind == "i" else "float")
        for name, array in table.whole.items()
    }


def arrange(data: Data, folder: Path, findings: Findings) -> Arranged | None:
    """Open the source; give columns types and rows parts. None when there are errors."""
    source: Source = data.source.made
    table = source.open(folder, findings)
    if table is None:
        return None
    targets = _targets(data, table, findings)
    for name in data.columns:
        if name not in table.columns:
            missing_column(name, table.columns, f"columns.{name}", findings)
    if targets is None or findings.failed:
        return None
    predicted = {target.name for target in targets}
    columns = tuple(
        _typed(name, data, table, findings) for name in table.columns if name not in predicted
    )
    given = any(isinstance(target.made, FurtherInputs) for target in targets)
    if not given and not any(column.used for column in columns):
        findings.add(
            "data.no_inputs",
            "no column is left to learn from",
            hint="give at least one column a type under columns:",
        )
        return None
    check_columns(columns, targets, table, findings)
    parts = None if findings.failed else _parts(data.split, targets, table, findings)
    return Arranged(table, columns, targets, parts) if parts else None


def _targets(data: Data, table: Table, findings: Findings) -> tuple[Typed, ...] | None:
    """The columns to predict: those written, else those the source means; none without need."""
    named = {column.name: column for column in data.targets}
    if not named and data.supervised:
        named = {name: Column(name, None, data.source.span) for name in table.targets}
        if not named:
            findings.add(
                "data.no_target",
                "the spec does not say which column to predict",
                hint=f"add target: and one of {', '.join(table.columns[:12])}",
            )
            return None
    for name in named:
        if name not in table.columns:
            missing_column(name, table.columns, "target", findings)
    if findings.failed:
        return None
    return tuple(_target(column, data, table) for column in named.values())


def _target(column: Column, data: Data, table: Table) -> Typed:
    name = column.name
    written = column if column.type else data.columns.get(name)
    if written and written.type:
        return Typed(name, written.type.kind, written.type.made)
    meant = table.kinds.get(name)
    guess = Guess(meant) if meant else guess_target(table.values(name))
    kind = column_kind(guess.kind)
    return Typed(name, kind, kind.make(**guess.settings), guess)


def _typed(name: str, data: Data, table: Table, findings: Findings) -> Typed:
    written = data.columns.get(name)
    if written is not None:
        kind = written.type.kind if written.type else column_kind("ignore")
        return Typed(name, kind, written.type.made if written.type else kind.make())
    if name in table.targets and not data.targets:  # of pictures without a target, only pictures
        guess = Guess("ignore", {}, "is not predicted")
    elif name in table.kinds:
        guess = Guess(table.kinds[name])
    else:
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


def _parts(
    settings: Split, targets: tuple[Typed, ...], table: Table, findings: Findings
) -> Mapping[str, Array] | None:
    usable = np.arange(table.rows)
    for target in targets:
        values = table.values(target.name)
        known = usable[~values.missing()[usable]] if isinstance(values, Texts) else usable
        if len(known) < len(usable):
            findings.warn(
                "data.missing_target",
                f"{len(usable) - len(known):,} rows are left out: their '{target.name}' is missing",
                anchor="target",
            )
        usable = known
    if table.part is not None:
        usable = usable[table.part[usable] != ""]
    groups = _groups(settings, targets, table, findings)
    own = table.part[usable] if table.part is not None else None
    parts = split_rows(
        usable,
        settings,
        findings,
        own=own,
        groups=groups[usable] if groups is not None else None,
        in_order=table.in_order,
    )
    for target in targets:
        values = table.values(target.name)
        if parts is not None and target.has_classes and isinstance(values, Texts):
            check_part_classes(values, parts, findings)
    return None if findings.failed else parts


def _groups(
    settings: Split, targets: tuple[Typed, ...], table: Table, findings: Findings
) -> Array | None:
    name = settings.stratify
    if name is None:
        name = next((target.name for target in targets if target.has_classes), None)
    if name is None:
        return None
    texts = table.texts(name) if name in table.columns else None
    if texts is None:
        missing_column(name, table.columns, "split", findings)
        return None
    return texts.codes(list(texts.counts()))

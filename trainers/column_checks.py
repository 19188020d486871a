"""Judges typed columns and parts before anything is learned: what cannot work, what looks odd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnspec.catalog import Kind
from trainers.detection import Guess, too_many_classes
from trainers.findings import Findings
from trainers.fitted import report_faults
from trainers.table import ColumnType, Table
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
    def has_classes(self) -> bool:
        """Whether predicting it is a choice among few classes a row."""
        return self.kind.name in ("category", "binary")

    @property
    def type(self) -> ColumnType:
        """The column kind with its settings."""
        made: ColumnType = self.made
        return made


def check_columns(
    columns: Sequence[Typed], targets: Sequence[Typed], table: Table, findings: Findings
) -> None:
    """Report types that do not fit, unreadable cells, constants and hopeless targets."""
    for column in (*columns, *targets):
        anchor = "target" if column in targets else f"columns.{column.name}"
        form = table.values(column.name).form
        if column.used and form != column.type.reads:
            findings.add(
                "data.wrong_type",
                f"column '{column.name}' holds {form} and cannot be of type {column.kind.name}",
                anchor=anchor,
            )
        elif column.used and (library := getattr(column.made, "missing_library", "")):
            findings.add(
                "data.missing_library",
                f"column '{column.name}' needs the library '{library}', which is not installed",
                anchor=anchor,
                hint=f"pip install 'netwright[{column.made.extra}]'",
            )
        elif column.used:
            report_faults(column.name, column.type, table, findings, anchor=anchor)
            _warn_of_constant(column, table, anchor, findings)
    for target in targets:
        if not target.used or not hasattr(target.made, "answer"):
            findings.add(
                "data.target_type",
                f"the target '{target.name}' cannot be of type {target.kind.name}",
                anchor="target",
                hint="a target is a number, a category or binary",
            )
        elif not findings.failed and (target.has_classes or target.kind.name == "number"):
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


def check_part_classes(values: Texts, parts: Mapping[str, Array], findings: Findings) -> None:
    """Report classes that only occur where nothing is learned from them."""
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

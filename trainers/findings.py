"""What is wrong with data, before it has a place in a text.

Data is read far from the spec's text, and a cached look at it must be able to repeat its warnings.
So a finding names the part of the `data:` section it belongs to (`source`, `target`, `columns.age`,
`split`); `report` turns findings into problems at the right characters.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nnspec.mends import replaced
from nnspec.problems import Fix, Problem, Problems, Severity, Span
from nnspec.spec import Data

MOST_FINDINGS = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a data file; the fields are those of `nnspec.problems.Problem`.

    Attributes:
        anchor: the part of the `data:` section it belongs to.
        row: the data row, counted from 1.
        instead: the name that was probably meant by one that the data does not have, else "".
    """

    code: str
    message: str
    hint: str | None = None
    anchor: str = "source"
    severity: Severity = "error"
    details: tuple[str, ...] = ()
    row: int | None = None
    file: str | None = None
    instead: str = ""


@dataclass(slots=True)
class Findings:
    """Collects findings; `anchor` and `file` are used where a finding names none."""

    file: str | None = None
    found: list[Finding] = field(default_factory=list[Finding])

    def add(
        self,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        anchor: str = "source",
        row: int | None = None,
        details: Iterable[str] = (),
        file: str | None = None,
        instead: str = "",
    ) -> None:
        """Collect an error."""
        place = file or self.file
        self._keep(
            Finding(code, message, hint, anchor, "error", tuple(details), row, place, instead)
        )

    def warn(
        self,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        anchor: str = "source",
        row: int | None = None,
        details: Iterable[str] = (),
    ) -> None:
        """Collect a warning: something that does not forbid going on."""
        self._keep(Finding(code, message, hint, anchor, "warning", tuple(details), row, self.file))

    def _keep(self, finding: Finding) -> None:
        if len(self.found) < MOST_FINDINGS and finding not in self.found:
            self.found.append(finding)

    @property
    def failed(self) -> bool:
        """Whether an error was found."""
        return any(finding.severity == "error" for finding in self.found)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.found)

    def to_json(self) -> list[dict[str, Any]]:
        """Return the findings as plain data."""
        return [dataclasses.asdict(finding) for finding in self.found]

    @classmethod
    def from_json(cls, data: Iterable[dict[str, Any]]) -> Findings:
        """Return the findings that `to_json` wrote."""
        return cls(None, [_finding(one) for one in data])


def _finding(data: dict[str, Any]) -> Finding:
    return dataclasses.replace(Finding(**data), details=tuple(data["details"]))


def report(findings: Iterable[Finding], data: Data, problems: Problems) -> None:
    """Add `findings` to `problems`, each at the part of the spec it belongs to."""
    for finding in findings:
        span = _span(finding.anchor, data)
        line, column = problems.lines.position(span.start) if span else (0, 0)
        problems.extend(
            [
                Problem(
                    code=finding.code,
                    severity=finding.severity,
                    path=f"data.{finding.anchor}",
                    span=span,
                    line=line,
                    column=column,
                    message=finding.message,
                    hint=finding.hint,
                    details=finding.details,
                    row=finding.row,
                    file=finding.file,
                    fix=_renaming(finding.instead, span),
                )
            ]
        )


def _renaming(name: str, span: Span | None) -> Fix | None:
    return replaced(span, name, f"Change it to '{name}'") if name and span else None


def _span(anchor: str, data: Data) -> Span | None:
    if anchor == "target" and data.target is not None:
        return data.target.span
    column = data.columns.get(anchor.removeprefix("columns."))
    if anchor.startswith("columns.") and column is not None:
        return column.span
    return data.source.span

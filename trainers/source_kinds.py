"""The catalog of source kinds alone, for code that opens data without a spec."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nnspec.catalog import Catalog, Kind
from trainers.findings import Findings

if TYPE_CHECKING:
    from trainers.table import Table


@cache
def _kinds() -> Catalog:
    return Catalog.discover({"source": "trainers.sources"})


def source_kind(name: str) -> Kind:
    """Return the source kind of that name.

    Raises:
        LookupError: there is none.
    """
    found = _kinds().get("source", name)
    if found is None:
        raise LookupError(f"there is no source '{name}'")
    return found


def open_table(path: str, folder: Path, findings: Findings) -> Table | None:
    """Read a CSV file that a source of another kind is made from; None when there are errors."""
    table: Table | None = source_kind("csv").make(path=path).open(folder, findings)  # type: ignore[attr-defined]
    return table

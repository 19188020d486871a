"""The catalog of source kinds alone, for code that opens data without a spec."""

from __future__ import annotations

from functools import cache

from nnspec.catalog import Catalog, Kind


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

"""A column that is left out."""

from __future__ import annotations

from dataclasses import dataclass

from nnspec.catalog import kind


@kind("Left out")
@dataclass(frozen=True, slots=True)
class Ignore:
    """Leaves the column out: the network never sees it."""

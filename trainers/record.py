"""The record of a run, `run.json`: everything the same weights need again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

FORMAT: Final = 1
"""The format of run folders this program writes, and the newest one it reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What `run.json` holds: everything the same weights need again.

    Before the worker has taken the run up, `device`, `seed` and `threads` are what the user asked
    for (None: as the spec says); afterwards they are what the run is really done with.

    Attributes:
        created: when, in UTC, as ISO 8601.
        spec: the spec's file as seen from the run folder; the data lies relative to it.
        versions: of the program and the libraries that compute.
        data: fingerprint of the data, by file or part.
    """

    format: int = FORMAT
    created: str
    name: str | None = None
    spec: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    device: str | None = None
    seed: int | None = None
    threads: int | None = None
    data: Mapping[str, str] | None = None


def to_json(record: RunRecord) -> str:
    """Return the record as the text of `run.json`."""
    data = {f.name: getattr(record, f.name) for f in dataclasses.fields(record)}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def from_data(data: Any) -> RunRecord | None:
    """Read a record from parsed JSON; None when it is not one. Unknown fields are ignored."""
    if not isinstance(data, dict):
        return None
    found = cast("dict[str, Any]", data)
    known = {f.name: found[f.name] for f in dataclasses.fields(RunRecord) if f.name in found}
    if not all(_fits(name, value) for name, value in known.items()) or "created" not in known:
        return None
    return RunRecord(**known)


def _fits(name: str, value: object) -> bool:
    if name == "format":
        return type(value) is int and 1 <= value <= FORMAT
    if name in ("seed", "threads"):
        return value is None or type(value) is int
    if name in ("versions", "data"):
        if value is None:
            return name == "data"
        items = cast("dict[Any, Any]", value).items() if isinstance(value, dict) else [(0, 0)]
        return all(isinstance(key, str) and isinstance(held, str) for key, held in items)
    return isinstance(value, str) or (value is None and name != "created")

"""What the window remembers between days: one small JSON file, and the folders it may write to.

`NETWRIGHT_HOME` moves everything to one place (tests, portable installations). A damaged or
unwritable file costs the user nothing but the memory: settings are never a reason to fail.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from trainers.durable import atomic_write
from trainers.places import data_folder, settings_folder


def projects() -> Path:
    """The folder where samples, and specs without a place of their own, go."""
    if os.environ.get("NETWRIGHT_HOME"):
        return data_folder("projects")
    return Path.home() / "Netwright"


class Settings:
    """A flat dictionary of JSON values, written through at every change."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or settings_folder() / "window.json"
        self._values = _read(self._path)

    def text(self, key: str, default: str = "") -> str:
        """The remembered text, or `default` where there is none or something else."""
        value = self._values.get(key)
        return value if isinstance(value, str) else default

    def rows(self, key: str) -> list[dict[str, str]]:
        """A remembered list of small records of text; what does not fit is left out."""
        value = self._values.get(key)
        rows = value if isinstance(value, list) else []
        return [row for row in rows if isinstance(row, dict) and all(map(_is_text, row.values()))]

    def remember(self, key: str, value: str | list[dict[str, str]]) -> None:
        """Keep a value and write the file, whole or not at all."""
        if self._values.get(key) == value:
            return
        self._values[key] = value
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(self._path, json.dumps(self._values, indent=1))


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_text(value: object) -> bool:
    return isinstance(value, str)

"""Reads part and class of a file from the folders it lies in."""

from __future__ import annotations

from collections.abc import Sequence

PARTS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
}
"""Folder names that say which part the files below belong to."""


def parts_and_classes(names: Sequence[str]) -> tuple[list[str], list[str | None]]:
    """Return the part ("" where the source says nothing) and class of each path."""
    folders = [name.split("/")[:-1] for name in names]
    common = _common(folders)
    if common and all(len(path) == len(common) for path in folders):
        common = common[:-1]  # one class only: its folder is no wrapping
    inner = [path[len(common) :] for path in folders]
    named = all(path and path[0].lower() in PARTS for path in inner)
    parts = [PARTS[path[0].lower()] if named else "" for path in inner]
    classes = [path[1:] if named else path for path in inner]
    return parts, [path[0] if path else None for path in classes]


def _common(folders: Sequence[list[str]]) -> list[str]:
    first, last = min(folders), max(folders)  # what these two share, all share
    same = [one == other for one, other in zip(first, last, strict=False)]
    return first[: same.index(False) if False in same else len(same)]

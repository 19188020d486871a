"""Which versions compute: of this program, of Python and of the libraries that decide results."""

from __future__ import annotations

import platform
from importlib import metadata

LIBRARIES = ("torch", "numpy", "safetensors", "pyarrow", "pillow", "torchmetrics", "PyYAML")


def version() -> str:
    """Return the version of this program."""
    return metadata.version("netwright")


def versions() -> dict[str, str]:
    """Return the versions a run records, without importing any of the libraries."""
    found = {"netwright": version(), "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name.lower()] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found

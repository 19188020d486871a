"""Arrow, imported when it is first needed: a check of a text does without."""

from __future__ import annotations

import importlib
from typing import Any


def arrow() -> Any:
    """Return pyarrow."""
    importlib.import_module("pyarrow.compute")
    return importlib.import_module("pyarrow")


def arrow_readers() -> Any:
    """Return Arrow's CSV reader."""
    return importlib.import_module("pyarrow.csv")

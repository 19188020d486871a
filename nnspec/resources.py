"""Finds the data files that ship with the program: in a checkout, a wheel or a frozen bundle."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, for example `resource("samples", "digits")`.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for folder in ("resources", "netwright_resources"):
        found = _ROOT.joinpath(folder, *parts)
        if found.exists():
            return found
    raise FileNotFoundError(f"the installation lacks resources/{'/'.join(parts)}")

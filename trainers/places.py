"""Where Netwright keeps what is its own: cache, settings, data and logs.

`NETWRIGHT_HOME` puts all of it below one folder (tests, portable installs, shared machines);
without it the folders are the ones the operating system has for the purpose.
"""

from __future__ import annotations

import os
from pathlib import Path

APPLICATION = "netwright"


def home() -> Path:
    """Return the folder `NETWRIGHT_HOME` names, else the one for the user's own data."""
    return _named() or _standard("user_data_path")


def cache_folder(*parts: str) -> Path:
    """Return a folder for what can be made again at any time, created when missing."""
    return _made(_home("cache") or _standard("user_cache_path"), parts)


def settings_folder(*parts: str) -> Path:
    """Return the folder for the user's settings, created when missing."""
    return _made(_home("settings") or _standard("user_config_path"), parts)


def data_folder(*parts: str) -> Path:
    """Return the folder for what the user made without naming a place, created when missing."""
    return _made(_home("data") or _standard("user_data_path"), parts)


def log_folder(*parts: str) -> Path:
    """Return the folder for logs and crash reports, created when missing."""
    return _made(_home("logs") or _standard("user_log_path"), parts)


def _named() -> Path | None:
    named = os.environ.get("NETWRIGHT_HOME", "")
    return Path(named).expanduser().absolute() if named else None


def _home(name: str) -> Path | None:
    folder = _named()
    return folder / name if folder else None


def _standard(name: str) -> Path:
    import platformdirs

    found: Path = getattr(platformdirs, name)(APPLICATION, appauthor=False)
    return found


def _made(folder: Path, parts: tuple[str, ...]) -> Path:
    folder = folder.joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder

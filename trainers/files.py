"""Finds the file that a spec names, refuses what is not plain data, tells contents apart."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nnspec.problems import nearest
from trainers.findings import Findings

WHOLE_HASH = 64 << 20
"""Files up to this many bytes are hashed whole, larger ones by three samples."""

_SAMPLE = 1 << 20
_SYSTEM = ("/proc", "/sys", "/dev")


def locate(text: str, folder: Path, findings: Findings) -> Path | None:
    """Return the file or folder that `text` names, relative to `folder`; None with a finding."""
    reason = _refusal(text)
    if reason:
        findings.add(
            "data.path",
            f"'{_shown(text)}' cannot be read: {reason}",
            hint="write the path of a file or folder, relative to the spec or absolute",
        )
        return None
    path = folder / text
    try:
        mode = path.stat().st_mode
        real = os.path.realpath(path)
    except FileNotFoundError:
        _report_missing(text, path, findings, here=folder == Path())
        return None
    except OSError as error:
        findings.add("data.path", f"'{_shown(text)}' cannot be read: {error.strerror}")
        return None
    except UnicodeEncodeError:
        findings.add(
            "data.path",
            f"'{_shown(text)}' cannot be read: the system's language setting lacks its characters",
            hint="use a UTF-8 locale (LC_ALL=C.UTF-8), or rename the file",
        )
        return None
    ordinary = stat.S_ISREG(mode) or stat.S_ISDIR(mode)
    if (
        not ordinary
        or real.startswith(tuple(f"{system}/" for system in _SYSTEM))
        or real in _SYSTEM
    ):
        findings.add("data.path", f"'{_shown(text)}' is neither a file nor a folder with data")
        return None
    return path


def _refusal(text: str) -> str | None:
    if not text.strip():
        return "the path is empty"
    if "\0" in text:
        return "it holds a NUL character"
    if "://" in text:
        return "addresses of the network are not opened; download the file first"
    if text.startswith("~"):
        return "'~' is not expanded"
    return "it is a device or a system file" if text.startswith(_SYSTEM) else None


def _shown(text: str) -> str:
    return text.replace("\0", "\\0")[:200]


def _report_missing(text: str, path: Path, findings: Findings, *, here: bool) -> None:
    whose = "folder you are in" if here else "folder of the spec"
    hint = None
    try:
        near = nearest(path.name, (entry.name for entry in path.parent.iterdir()))
        hint = f"did you mean '{Path(text).with_name(near)}'?" if near else None
    except OSError:
        hint = f"the folder '{_shown(str(Path(text).parent))}' does not exist"
    findings.add(
        "data.missing_file",
        f"there is no file or folder '{_shown(text)}'",
        hint=hint or f"paths are relative to the {whose}",
    )


def size_and_time(path: Path) -> list[Any]:
    """Return what changes when a file's content does, without reading it."""
    about = path.stat()
    return [path.name, about.st_size, about.st_mtime_ns]


def fingerprint(path: Path) -> dict[str, Any]:
    """Return name, size, time and content hash of a file, for a run's record."""
    about = path.stat()
    whole = about.st_size <= WHOLE_HASH
    return {
        "path": str(path),
        "bytes": about.st_size,
        "mtime_ns": about.st_mtime_ns,
        "sha256" if whole else "sha256_sampled": digest(_whole(path) if whole else _samples(path)),
    }


def digest(chunks: Iterable[bytes]) -> str:
    """Return the SHA-256 of `chunks` one after the other, in hexadecimal."""
    found = hashlib.sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()


def _whole(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_SAMPLE):
            yield chunk


def _samples(path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    yield str(size).encode()
    with path.open("rb") as stream:
        for start in (0, size // 2, size - _SAMPLE):
            stream.seek(start)
            yield stream.read(_SAMPLE)

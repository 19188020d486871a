"""Writing so that it is still there after a power cut, and never half there.

The order is always the same: a new file beside the old one, written and synced, renamed over it,
and the folder synced, because a rename lives in the folder. A failed sync is never tried again on
the same file: the system may have forgotten which pages were not written.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import time
import uuid
from pathlib import Path

_CHUNK = 1 << 20
_PATIENCE = 5.0


def fsync_folder(folder: Path) -> None:
    """Make the names in `folder` durable. Windows keeps them so by itself and cannot be asked."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, and sync it. Its folder is left to the caller.

    Raises:
        OSError: the disk is full, refuses or fails; the partial file is deleted.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        try:
            _reserve(handle, len(content))
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(handle, rest[: 1 << 30]) :]
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def atomic_write(path: Path, content: bytes | str) -> None:
    """Replace the file at `path` in one durable step: readers see the old content or the new.

    Raises:
        OSError: the disk is full, refuses or fails; the old file is as it was.
    """
    data = content.encode() if isinstance(content, str) else content
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    write_new(fresh, data)
    try:
        if path.exists():  # whoever kept others from reading the old file means the new one too
            shutil.copymode(path, fresh)
        replace(fresh, path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    fsync_folder(path.parent)


def replace(source: Path, target: Path) -> None:
    """Rename over `target`; waits while a reader or a virus scanner holds it open (Windows)."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hex, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def free_bytes(folder: Path) -> int | None:
    """Return how many bytes may still be written below `folder`, None where nobody knows."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def forget_cached(path: Path) -> None:
    """Ask the system to drop its copy of a synced file, so that the next read asks the disk."""
    if hasattr(os, "posix_fadvise"):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def _reserve(handle: int, size: int) -> None:
    """Take the space first: a full disk is then known before anything is written."""
    if size and hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, 0, size)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                raise

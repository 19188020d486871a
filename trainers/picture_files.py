"""Lists the picture files of a folder or a zip archive, and reads one of them safely.

An archive is never unpacked to the disk: members are read into memory one at a time, after names,
sizes and ratios have been judged. Archives that try to escape or explode are refused as unsafe.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from trainers.findings import Finding, Findings

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
MOST_FILES = 1_000_000
LARGEST_FILE = 256 << 20
LARGEST_TOTAL = 64 << 30
HIGHEST_RATIO = 200


class UnreadableFilesError(Exception):
    """Some files cannot be read; `reasons` maps their names to words, `what` says what they are."""

    def __init__(self, reasons: dict[str, str], what: str = "picture") -> None:
        super().__init__(f"{len(reasons)} {what}s cannot be read")
        self.reasons = reasons
        self.what = what


class UnfitMasksError(UnreadableFilesError):
    """Masks can be read, but nothing can be learned from them; `finding` says why."""

    def __init__(self, finding: Finding, names: Iterable[str] = ()) -> None:
        super().__init__(dict.fromkeys(names, finding.message), "mask")
        self.finding = finding


@dataclass(frozen=True, slots=True)
class PictureFile:
    """One picture: its path inside the folder or archive, and what tells its content."""

    name: str
    mark: tuple[int, int]


class Stored(Protocol):
    """Files in an order of their own, read by name: on a disk, in an archive, or in memory."""

    @property
    def files(self) -> tuple[PictureFile, ...]:
        """What there is."""
        ...

    def read(self, name: str) -> bytes:
        """Return the bytes of one file."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


@dataclass(slots=True)
class PictureFiles:
    """All pictures below `root` (a folder, a zip archive or one picture) in order of path."""

    root: Path
    files: tuple[PictureFile, ...]
    _archive: zipfile.ZipFile | None = None

    def read(self, name: str) -> bytes:
        """Return the bytes of one file.

        Raises:
            OSError, zipfile.BadZipFile: it cannot be read.
        """
        if self.root.is_dir():
            return (self.root / name).read_bytes()
        if not zipfile.is_zipfile(self.root):
            return self.root.read_bytes()
        if self._archive is None:
            self._archive = zipfile.ZipFile(self.root)
        with self._archive.open(name) as member:
            return member.read(LARGEST_FILE)

    def close(self) -> None:
        """Close the archive."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None


def is_picture(name: str) -> bool:
    """Whether a path names a picture that is to be read (hidden files are not)."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not hidden and name.lower().endswith(ENDINGS)


def list_pictures(
    root: Path, findings: Findings, accepts: Callable[[str], bool] = is_picture
) -> PictureFiles | None:
    """List the pictures below `root`, or what `accepts` takes; None when unsafe or unreadable."""
    if root.is_dir():
        found = sorted(_in_folder(root, accepts), key=lambda file: file.name)
        return PictureFiles(root, tuple(found))
    if is_picture(root.name):
        about = root.stat()
        return PictureFiles(root, (PictureFile(root.name, (about.st_size, about.st_mtime_ns)),))
    try:
        with zipfile.ZipFile(root) as archive:
            return _in_archive(root, archive.infolist(), accepts, findings)
    except (zipfile.BadZipFile, OSError) as error:
        findings.add(
            "data.archive",
            f"'{root.name}' is not a readable zip archive: {error}",
            hint="supported: a folder or a zip with a folder of pictures per class; for a "
            "table write source: {csv: PATH}",
        )
        return None


def _in_folder(root: Path, accepts: Callable[[str], bool]) -> Iterator[PictureFile]:
    waiting: list[tuple[str, str]] = [(str(root), "")]
    while waiting:
        folder, prefix = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith("."):
                        waiting.append((entry.path, name + "/"))
                elif accepts(name) and entry.is_file(follow_symlinks=False):
                    about = entry.stat()
                    yield PictureFile(name, (about.st_size, about.st_mtime_ns))


def _in_archive(
    root: Path,
    members: list[zipfile.ZipInfo],
    accepts: Callable[[str], bool],
    findings: Findings,
) -> PictureFiles | None:
    unsafe = _unsafe(members)
    if unsafe:
        findings.add(
            "data.unsafe",
            f"'{root.name}' is refused: {unsafe}",
            hint="unpack it yourself when you trust it, and name the folder",
        )
        return None
    files = [
        PictureFile(member.filename, (member.CRC, member.file_size))
        for member in members
        if not member.is_dir() and accepts(member.filename)
    ]
    return PictureFiles(root, tuple(sorted(files, key=lambda file: file.name)))


def _unsafe(members: list[zipfile.ZipInfo]) -> str | None:
    if len(members) > MOST_FILES:
        return f"it holds {len(members):,} files; at most {MOST_FILES:,} are read"
    if sum(member.file_size for member in members) > LARGEST_TOTAL:
        return "its content is larger than 64 GiB"
    return next((reason for member in members if (reason := _unsafe_member(member))), None)


def _unsafe_member(member: zipfile.ZipInfo) -> str | None:
    name = member.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    ratio = member.file_size / max(1, member.compress_size)
    reasons: tuple[tuple[bool, str], ...] = (
        (
            name.startswith(("/", "\\")) or ":" in name[:3] or ".." in parts,
            "leads out of the archive",
        ),
        (stat.S_ISLNK(member.external_attr >> 16), "is a link"),
        (bool(member.flag_bits & 1), "is encrypted"),
        (member.file_size > LARGEST_FILE, "is larger than 256 MiB"),
        (
            member.file_size > 1 << 20 and ratio > HIGHEST_RATIO,
            f"unpacks to {ratio:.0f} times its size",
        ),
    )
    return next((f"'{name}' {words}" for holds, words in reasons if holds), None)


def content_of(files: Stored) -> list[Any]:
    """Return what changes when any of the files does: names with CRC and size, or size and time."""
    return [[file.name, *file.mark] for file in files.files]

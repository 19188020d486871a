"""What to take when a folder is dropped: the folder itself, or the largest data set inside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trainers.class_folders import PARTS
from trainers.files import locate
from trainers.findings import Findings
from trainers.forms import is_series, names_sounds, special_folder
from trainers.picture_files import is_picture, list_pictures
from trainers.sources.csv import Csv
from trainers.text_files import is_prose, is_text_file

SUPPORTED = (
    "CSV and TSV files; running text in a .txt file; a folder or a zip with a folder of pictures, "
    "texts or sounds per class; pictures with masks; a graph as nodes.csv and edges.csv"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file or folder that can be learned from, with the source kind that reads it."""

    path: Path
    kind: str
    bytes: int


def choose(path: Path, notes: list[str], findings: Findings) -> Candidate | None:
    """Return what to learn from at `path`; say in `notes` when something inside it was chosen."""
    if locate(str(path), Path(), findings) is None:
        return None
    try:
        return _chosen(path, notes, findings)
    except OSError as error:
        findings.add("data.path", f"'{path}' cannot be read: {error.strerror or error}")
        return None


def _chosen(path: Path, notes: list[str], findings: Findings) -> Candidate | None:
    if path.is_file():
        return _file(path, findings)
    special = special_folder(path)
    if special is not None:
        return Candidate(special[1], special[0], 0)
    if _has_classes(path):
        return Candidate(path, "pictures", 0)
    if _has_classes(path, is_text_file):
        return Candidate(path, "text_folder", 0)
    inside = sorted(_inside(path), key=lambda one: (-one.bytes, one.path.name))
    if not inside:
        findings.add(
            "data.unsupported",
            f"'{path.name}' holds nothing that can be learned from",
            hint=f"supported: {SUPPORTED}",
        )
        return None
    chosen, others = inside[0], inside[1:]
    notes.append(
        f"'{path.name}' holds several things; {chosen.path.name} is used, the largest"
        + (f" (others: {', '.join(one.path.name for one in others[:5])})" if others else "")
    )
    return chosen


def _file(path: Path, findings: Findings) -> Candidate | None:
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(b"PK\x03\x04"):
        texts = _classes_in(path) == 0 and _classes_in(path, is_text_file) > 1
        return Candidate(path, "text_folder" if texts else "pictures", path.stat().st_size)
    utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff")) or start[:400].count(0) > 100
    if (
        is_picture(path.name)
        or (b"\0" in start and not utf16)
        or start.startswith((b"%PDF", b"\x1f\x8b"))
    ):
        findings.add(
            "data.unsupported",
            f"this kind of file is not supported: '{path.name}'",
            hint=f"supported: {SUPPORTED}",
        )
        return None
    return Candidate(path, _kind_of_table(path), path.stat().st_size)


def _kind_of_table(path: Path) -> str:
    """What reads a file of texts: as prose, as a series in the order of time, as a table."""
    if is_prose(path):
        return "text"
    return "audio" if names_sounds(path) else "series" if is_series(path) else "csv"


def _inside(folder: Path) -> list[Candidate]:
    found: list[Candidate] = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        size = _size(entry)
        if (entry.is_dir() and _has_classes(entry)) or (
            entry.suffix.lower() == ".zip" and _classes_in(entry) > 1
        ):
            found.append(Candidate(entry, "pictures", size))
        elif (entry.is_dir() and _has_classes(entry, is_text_file)) or (
            entry.suffix.lower() == ".zip" and _classes_in(entry, is_text_file) > 1
        ):
            found.append(Candidate(entry, "text_folder", size))
        elif entry.is_file() and _is_table(entry):
            found.append(Candidate(entry, _kind_of_table(entry), size))
    return found


def _is_table(path: Path) -> bool:
    words = path.stem.lower() in ("readme", "license", "licence", "copying", "notes")
    return path.suffix.lower() in Csv.endings and not words and path.stat().st_size > 0


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(inner.stat().st_size for inner in path.rglob("*") if inner.is_file())


def _has_classes(folder: Path, accepts: Callable[[str], bool] = is_picture) -> bool:
    """Whether pictures, or what `accepts` takes, lie in a folder per class.

    Classes are right below, or below `train` and the like.
    """
    inner = [
        entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")
    ]
    parts = [entry for entry in inner if entry.name.lower() in PARTS]
    classes = [one for part in parts for one in part.iterdir() if one.is_dir()] if parts else inner
    return sum(_holds(one, accepts) for one in classes) > 1


def _holds(folder: Path, accepts: Callable[[str], bool]) -> bool:
    return any(accepts(entry.name) for entry in folder.iterdir() if entry.is_file())


def _classes_in(archive: Path, accepts: Callable[[str], bool] = is_picture) -> int:
    files = list_pictures(archive, Findings(), accepts)
    return len({file.name.rsplit("/", 1)[0] for file in files.files}) if files else 0

"""Sounds in a folder per class, in a zip archive, or named by a table.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from trainers.class_folders import PARTS, parts_and_classes
from trainers.files import digest, fingerprint, locate, size_and_time
from trainers.findings import Findings
from trainers.picture_files import PictureFile, PictureFiles, content_of, list_pictures

if TYPE_CHECKING:
    from trainers.table import Table


@kind("Audio")
@dataclass(frozen=True, slots=True)
class AudioFolder:
    """Sounds: a folder or zip with a folder per class, or a CSV file that names a file a row.

    Folders give the columns `audio` and `label`; folders `train` and `test` (and `validation`)
    above the classes are kept as parts. A CSV file gives `audio` and its other columns; its paths
    start at its own folder. WAV is always read; FLAC, Ogg, MP3 and others with the extra `audio`.
    """

    endings: ClassVar[tuple[str, ...]] = (".wav", ".flac", ".ogg", ".mp3")

    path: str = param(help="The folder, zip archive or CSV file, relative to the spec or absolute.")
    file: str | None = param(
        None, help="The column of a CSV file with the paths of the sounds; null finds it."
    )
    part: str | None = param(
        None, help="The column of a CSV file that says train, validation or test; null: none does."
    )

    def identity(self, folder: Path) -> Any:
        """Return what changes when the sounds do, without reading them."""
        from trainers.sounds import is_sound

        path = folder / self.path
        if not path.is_dir():
            return size_and_time(path)
        found = list_pictures(path, Findings(), is_sound)
        return content_of(found) if found else None

    def like(self, path: str, folder: Path, absent: Sequence[str] = ()) -> AudioFolder:  # noqa: ARG002
        """Return this reading for another folder, archive, table or single sound."""
        return replace(self, path=path)

    def open(self, folder: Path, findings: Findings) -> Table | None:
        """List the sounds; None when there are none."""
        from trainers.sounds import is_sound

        path = locate(self.path, folder, findings)
        if path is None:
            return None
        findings.file = findings.file or self.path
        if path.suffix.lower() in (".csv", ".tsv"):
            return self._named(path, folder, findings)
        if path.is_file() and is_sound(path.name):
            files = PictureFiles(path.parent, (_found(path.parent, path.name),))
        else:
            listed = list_pictures(path, findings, is_sound)
            if listed is None:
                return None
            files = listed
        if not files.files:
            _report_none(self.path, findings)
            return None
        return _in_folders(path, files)

    def _named(self, path: Path, folder: Path, findings: Findings) -> Table | None:
        """Read a table that names a sound in each row."""
        import numpy as np

        from trainers.sounds import Sounds
        from trainers.source_kinds import open_table
        from trainers.table import Table

        table = open_table(self.path, folder, findings)
        column = self._column(table, findings) if table else None
        if table is None or column is None:
            return None
        names = [name or "" for name in _cells(table, column)]
        files = _listed(path.parent, names, findings)
        part = self._parts(table, findings)
        if findings.failed:
            return None
        others = [name for name in table.columns if name not in (column, self.part)]
        content = digest([repr(content_of(files)).encode()])
        return Table(
            ("audio", *others),
            table.rows,
            {"audio": Sounds(files), **{name: table.cells[name] for name in others}},
            None if part is None else np.array(part),
            {**table.fingerprint, "sounds": len(names), "content": content},
            f"{path.name}: {table.rows:,} sounds",
            {"audio": "audio"},
        )

    def _column(self, table: Table, findings: Findings) -> str | None:
        from trainers.sounds import ENDINGS
        from trainers.table import missing_column

        if self.file is not None:
            if self.file in table.columns:
                return self.file
            missing_column(self.file, table.columns, "source", findings)
            return None
        for name in table.columns:
            if all((cell or "").lower().endswith(ENDINGS) for cell in _cells(table, name)):
                return name
        findings.add(
            "data.no_sounds",
            f"no column of '{self.path}' holds paths of sounds",
            hint="write file: and the column that does; WAV, FLAC, Ogg, MP3 … are read",
        )
        return None

    def _parts(self, table: Table, findings: Findings) -> list[str] | None:
        from trainers.table import missing_column

        if self.part is None:
            return None
        if self.part not in table.columns:
            missing_column(self.part, table.columns, "source", findings)
            return None
        return [PARTS.get((cell or "").strip().lower(), "") for cell in _cells(table, self.part)]


def _cells(table: Table, name: str) -> list[str | None]:
    texts: Any = table.values(name)
    return [texts[row] for row in range(table.rows)]


def _listed(root: Path, names: list[str], findings: Findings) -> PictureFiles:
    files: list[PictureFile] = []
    for row, name in enumerate(names, 1):
        try:
            files.append(_found(root, name))
        except (OSError, ValueError):
            findings.add(
                "data.missing_file",
                f"row {row} names the sound '{name[:120]}', which is not there",
                row=row,
                hint="paths start at the folder of the table and stay in it",
            )
    return PictureFiles(root, tuple(files))


def _found(root: Path, name: str) -> PictureFile:
    """Find a sound below `root`.

    Raises:
        OSError, ValueError: there is none, or its path leads out of the folder.
    """
    path = (root / name).resolve()
    if not path.is_file() or not path.is_relative_to(root.resolve()):
        raise ValueError(name)
    about = path.stat()
    return PictureFile(name, (about.st_size, about.st_mtime_ns))


def _report_none(path: str, findings: Findings) -> None:
    findings.add(
        "data.empty",
        f"'{path}' holds no sounds",
        hint="a folder per class with WAV, FLAC, Ogg or MP3 files, or a CSV file that names them",
    )


def _in_folders(path: Path, files: PictureFiles) -> Table:
    import numpy as np

    from trainers.sounds import Sounds
    from trainers.table import Table
    from trainers.texts import Texts

    parts, labels = parts_and_classes([file.name for file in files.files])
    about = fingerprint(path) if path.is_file() else {"path": str(path)}
    content = digest([repr(content_of(files)).encode()])
    return Table(
        ("audio", "label"),
        len(files.files),
        {"audio": Sounds(files), "label": Texts.of(labels)},
        np.array([part or "train" for part in parts]) if any(parts) else None,
        {**about, "sounds": len(files.files), "content": content},
        f"{path.name}: {len(files.files):,} sounds in {len(set(labels) - {None})} classes",
        {"audio": "audio"},
        ("label",),
    )

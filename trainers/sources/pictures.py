"""Pictures in a folder per class, on the disk or in a zip archive.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from trainers.class_folders import parts_and_classes
from trainers.files import digest, fingerprint, locate, size_and_time
from trainers.findings import Findings
from trainers.picture_files import PictureFiles, content_of, list_pictures

if TYPE_CHECKING:
    from trainers.table import Table


@kind("Pictures")
@dataclass(frozen=True, slots=True)
class PictureFolder:
    """Pictures in a folder per class, or a zip archive of such folders.

    Gives the columns `image` and `label` (the folder's name). Folders `train` and `test` (and
    `validation`) above the classes are kept as parts. PNG, JPEG, WebP, BMP, GIF and TIFF are read.
    """

    endings: ClassVar[tuple[str, ...]] = (
        "",
        ".zip",
        ".png",
        ".jpg",
        ".jpeg",
        ".webp",
        ".bmp",
        ".gif",
        ".tif",
        ".tiff",
    )

    path: str = param(help="The folder or zip archive, relative to the spec or absolute.")

    def identity(self, folder: Path) -> Any:
        """Return what changes when the pictures do, without reading them."""
        path = folder / self.path
        if not path.is_dir():
            return size_and_time(path)
        found = list_pictures(path, Findings())
        return content_of(found) if found else None

    def like(self, path: str, folder: Path, absent: Sequence[str] = ()) -> PictureFolder:  # noqa: ARG002
        """Return this reading for another folder, archive or single picture."""
        return replace(self, path=path)

    def open(self, folder: Path, findings: Findings) -> Table | None:
        """List the pictures; None when there are none or the archive is unsafe."""
        path = locate(self.path, folder, findings)
        files = list_pictures(path, findings) if path else None
        if path is None or files is None:
            return None
        findings.file = findings.file or self.path
        if not files.files:
            findings.add(
                "data.empty",
                f"'{self.path}' holds no pictures",
                hint="a folder per class with PNG, JPEG, WebP, BMP, GIF or TIFF files",
            )
            return None
        parts, labels = parts_and_classes([file.name for file in files.files])
        return self._table(path, files, parts, labels)

    def _table(
        self, path: Path, files: PictureFiles, parts: list[str], labels: list[str | None]
    ) -> Table:
        import numpy as np

        from trainers.pictures import Pictures
        from trainers.table import Table
        from trainers.texts import Texts

        classes = len(set(labels) - {None})
        content = digest([repr(content_of(files)).encode()])
        about = fingerprint(path) if path.is_file() else {"path": str(path)}
        return Table(
            ("image", "label"),
            len(files.files),
            {"image": Pictures(files), "label": Texts.of(labels)},
            np.array([part or "train" for part in parts]) if any(parts) else None,
            {**about, "pictures": len(files.files), "content": content},
            f"{path.name}: {len(files.files):,} pictures in {classes} classes",
            {"image": "image"},
            ("label",),
        )

"""Texts in a folder per class, on the disk or in a zip archive.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

import re
import zipfile
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
from trainers.text_files import LARGEST_TEXT, decoded, is_text_file

if TYPE_CHECKING:
    from trainers.table import Table


_HEADER = re.compile(r"[\w-]+:|\s")  # a line that begins with a blank continues the one before


@kind("Text")
@dataclass(frozen=True, slots=True)
class TextFolder:
    """Texts in a folder per class, or a zip archive of such folders; a file is a row.

    Gives the columns `text` and `label` (the folder's name). Folders `train` and `test` (and
    `validation`) above the classes are kept as parts. Files that are not UTF-8 are read as
    Windows-1252.
    """

    endings: ClassVar[tuple[str, ...]] = ()

    path: str = param(help="The folder or zip archive, relative to the spec or absolute.")
    skip_header: bool = param(
        False,
        help="Whether the lines 'Name: value' before the first blank line are left out: the header "
        "of mails and posts may tell the class.",
    )

    def identity(self, folder: Path) -> Any:
        """Return what changes when the files do, without reading them."""
        path = folder / self.path
        if not path.is_dir():
            return size_and_time(path)
        found = list_pictures(path, Findings(), is_text_file)
        return content_of(found) if found else None

    def like(self, path: str, folder: Path, absent: Sequence[str] = ()) -> TextFolder:  # noqa: ARG002
        """Return this reading for another folder or archive."""
        return replace(self, path=path)

    def open(self, folder: Path, findings: Findings) -> Table | None:
        """Read the texts; None when there are none, one is too large or the archive is unsafe."""
        path = locate(self.path, folder, findings)
        files = list_pictures(path, findings, is_text_file) if path else None
        if path is None or files is None:
            return None
        findings.file = findings.file or self.path
        if not files.files:
            findings.add(
                "data.empty", f"'{self.path}' holds no texts", hint="a folder per class with texts"
            )
            return None
        texts = self._texts(files, findings)
        return None if findings.failed else self._table(path, files, texts)

    def _texts(self, files: PictureFiles, findings: Findings) -> list[str]:
        texts: list[str] = []
        try:
            for file in files.files:
                content = files.read(file.name)
                text = decoded(content) if len(content) <= LARGEST_TEXT else None
                if text is None:
                    what = "is no text" if len(content) <= LARGEST_TEXT else "is larger than 16 MiB"
                    findings.add("data.not_text", f"'{file.name}' {what}", hint="remove the file")
                    break
                texts.append(_body(text) if self.skip_header else text)
        except (OSError, zipfile.BadZipFile) as error:
            findings.add("data.archive", f"'{files.root.name}' cannot be read: {error}")
        finally:
            files.close()
        return texts

    def _table(self, path: Path, files: PictureFiles, texts: list[str]) -> Table:
        import numpy as np

        from trainers.table import Table
        from trainers.texts import Texts

        parts, labels = parts_and_classes([file.name for file in files.files])
        content = digest([repr(content_of(files)).encode()])
        about = fingerprint(path) if path.is_file() else {"path": str(path)}
        return Table(
            ("text", "label"),
            len(texts),
            {"text": Texts.of(texts), "label": Texts.of(labels)},
            np.array([part or "train" for part in parts]) if any(parts) else None,
            {**about, "texts": len(texts), "content": content},
            f"{path.name}: {len(texts):,} texts in {len(set(labels) - {None})} classes",
            {"text": "text"},
            ("label",),
        )


def _body(text: str) -> str:
    head, blank, body = text.partition("\n\n")
    return body if blank and all(map(_HEADER.match, head.split("\n"))) else text

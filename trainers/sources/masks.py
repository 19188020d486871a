"""Pictures with a mask of equal name beside each, on the disk or in a zip archive.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from trainers.class_folders import PARTS
from trainers.files import digest, fingerprint, locate, size_and_time
from trainers.findings import Findings
from trainers.picture_files import PictureFile, PictureFiles, content_of, list_pictures

if TYPE_CHECKING:
    from trainers.pictures import Pictures
    from trainers.table import Table


@kind("Pictures")
@dataclass(frozen=True, slots=True)
class MaskedPictures:
    """Pictures in one folder and their masks in another; equal names belong together.

    Gives the columns `image` and `mask`. A mask has the size or the aspect of its picture, and
    its pixel values are its classes. Folders `train` and `test` (and `validation`) above or below
    the two are kept as parts.
    """

    endings: ClassVar[tuple[str, ...]] = ()

    path: str = param(help="The folder or zip archive, relative to the spec or absolute.")
    images: str = param("images", help="The folder inside it that holds the pictures.")
    masks: str = param("masks", help="The folder inside it that holds the masks.")

    def identity(self, folder: Path) -> Any:
        """Return what changes when the pictures do, without reading them."""
        path = folder / self.path
        if not path.is_dir():
            return size_and_time(path)
        found = list_pictures(path, Findings())
        return content_of(found) if found else None

    def like(self, path: str, folder: Path, absent: Sequence[str] = ()) -> MaskedPictures:  # noqa: ARG002
        """Return this reading for another folder, archive or picture, which may lack masks."""
        return replace(self, path=path)

    def open(self, folder: Path, findings: Findings) -> Table | None:
        """List pictures and masks; None when a mask is missing."""
        path = locate(self.path, folder, findings)
        files = list_pictures(path, findings) if path else None
        if path is None or files is None:
            return None
        findings.file = findings.file or self.path
        pictures, masks = self._of(self.images, files), self._of(self.masks, files)
        if not masks and not pictures:  # a folder of pictures, or one picture, to predict
            pictures = {PurePosixPath(file.name).stem: file for file in files.files}
        if not pictures:
            _report_none(self, findings)
            return None
        lacking = sorted(pictures.keys() - masks.keys()) if masks else []
        for key in lacking[:5]:
            findings.add(
                "data.missing_mask",
                f"the picture '{pictures[key].name}' has no mask of its name in '{self.masks}'",
                hint=f"{len(lacking):,} of {len(pictures):,} pictures have none",
            )
        return None if lacking else self._table(path, files, pictures, masks, findings)

    def _of(self, folder: str, files: PictureFiles) -> dict[str, PictureFile]:
        """The files below a folder of that name, by their path with it and the ending left out."""
        found: dict[str, PictureFile] = {}
        for file in files.files:
            parts = PurePosixPath(file.name).parts
            if folder in parts[:-1]:
                place = parts.index(folder)
                rest = (*parts[:place], *parts[place + 1 : -1], PurePosixPath(file.name).stem)
                found["/".join(rest)] = file
        return found

    def _table(
        self,
        path: Path,
        files: PictureFiles,
        pictures: dict[str, PictureFile],
        masks: dict[str, PictureFile],
        findings: Findings,
    ) -> Table:
        import numpy as np

        from trainers.pictures import Pictures
        from trainers.table import Table

        keys = sorted(pictures)
        columns = {"image": pictures, "mask": masks} if masks else {"image": pictures}
        cells = {
            name: Pictures(PictureFiles(files.root, tuple(found[key] for key in keys)))
            for name, found in columns.items()
        }
        if masks:
            _check_sizes(cells["image"], cells["mask"], findings)
        parts = [_part(key) for key in keys]
        about = fingerprint(path) if path.is_file() else {"path": str(path)}
        content = digest([repr(content_of(files)).encode()])
        return Table(
            tuple(cells),
            len(keys),
            cells,
            np.array([part or "train" for part in parts]) if any(parts) else None,
            {**about, "pictures": len(keys), "content": content},
            f"{path.name}: {len(keys):,} pictures" + (" with masks" if masks else ""),
            {"image": "image", "mask": "mask"},
            ("mask",) if masks else (),
        )


def _part(key: str) -> str:
    return next((PARTS[part.lower()] for part in key.split("/")[:-1] if part.lower() in PARTS), "")


def _check_sizes(images: Pictures, masks: Pictures, findings: Findings) -> None:
    """Report masks that cannot lie on their pictures: of another aspect, resized or not."""
    from trainers.picture_files import UnreadableFilesError

    try:
        pairs = list(zip(images.sizes(), masks.sizes(), strict=True))
    except UnreadableFilesError:
        return  # they are named when they are decoded
    unlike = [row for row, (image, mask) in enumerate(pairs) if not _same_aspect(image, mask)]
    for row in unlike[:5]:
        (height, width), (mask_height, mask_width) = pairs[row]
        findings.add(
            "data.mask_size",
            f"the mask '{masks.name(row)}' has {mask_height} x {mask_width} pixels, its picture "
            f"'{images.name(row)}' {height} x {width} (height x width)",
            hint=f"a mask has the size of its picture, or its aspect; {len(unlike):,} of "
            f"{len(pairs):,} masks differ: save them again, or remove the pairs",
        )


def _same_aspect(image: tuple[int, int], mask: tuple[int, int]) -> bool:
    """Whether a mask is its picture's size, or that made smaller or larger, but for a pixel."""
    return abs(mask[0] - image[0] * mask[1] / image[1]) <= 1 if image != mask else True


def _report_none(source: MaskedPictures, findings: Findings) -> None:
    findings.add(
        "data.empty",
        f"'{source.path}' holds no folder '{source.images}' with pictures",
        hint=f"put pictures into '{source.images}' and masks of the same names into "
        f"'{source.masks}', or write images: and masks: and their names",
    )

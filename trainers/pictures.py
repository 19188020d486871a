"""A column of pictures: decoded once into one array of bytes that the next run maps from the disk.

Decoding runs in threads, reads headers before pixels, and refuses pictures above 40 megapixels. The
array lies in the cache folder under a name made from the content of the files, so it is never
stale.
"""

from __future__ import annotations

import io
import json
import os
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from trainers.files import digest
from trainers.picture_files import Stored, UnreadableFilesError, content_of
from trainers.places import cache_folder

Array = npt.NDArray[Any]

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
MOST_PIXELS = 40_000_000
_GREY_MODES = ("1", "L", "LA", "I", "I;16", "I;16B", "F")
_CHUNK = 512
_VALUES = 0
"""Channels of a mask: its pixel values as they are, not a picture."""

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Looks:
    """What a sample of pictures looks like: the most common height and width, and whether grey."""

    height: int
    width: int
    grey: bool


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures of a source; `rows` are indices into its files, None for all."""

    form: ClassVar[str] = "pictures"

    files: Stored
    rows: Array | None = field(default=None)

    def __len__(self) -> int:
        return len(self.files.files) if self.rows is None else len(self.rows)

    def take(self, rows: Array) -> Pictures:
        """Return the pictures at the indices `rows`."""
        return replace(self, rows=rows if self.rows is None else self.rows[rows])

    def name(self, index: int) -> str:
        """Return the path of a picture inside its folder or archive."""
        return self.files.files[index if self.rows is None else int(self.rows[index])].name

    def size(self, index: int) -> tuple[int, int]:
        """Return height and width of a picture as it stands in its file."""
        looks = self._look(self.name(index))
        return looks.height, looks.width

    def sizes(self) -> list[tuple[int, int]]:
        """Return height and width of every picture, read from the headers alone.

        Raises:
            UnreadableFilesError: some of them are no pictures.
        """
        names = [self.name(index) for index in range(len(self))]
        try:
            return [(look.height, look.width) for look in _gathered(names, self._header)]
        finally:
            self.files.close()

    def looks(self, most: int = 200) -> Looks:
        """Look at up to `most` pictures spread over the column.

        Raises:
            UnreadableFilesError: one of them cannot be decoded.
        """
        spread = np.unique(np.linspace(0, len(self) - 1, min(most, len(self))).astype(int))
        names = [self.name(int(index)) for index in spread]
        found = _gathered(names, self._look)
        sizes = Counter((look.height, look.width) for look in found)
        height, width = max(sizes, key=lambda size: (sizes[size], size))
        return Looks(height, width, all(look.grey for look in found))

    def _look(self, name: str) -> Looks:
        return _look(self.files.read(name))

    def _header(self, name: str) -> Looks:
        return _header(self.files.read(name))

    def decoded(self, height: int, width: int, channels: int) -> Array:
        """Return the pictures as uint8 of shape rows x channels x height x width.

        Raises:
            UnreadableFilesError: some of them cannot be decoded.
        """
        whole = self._mapped(height, width, channels)
        return whole if self.rows is None else whole[self.rows]

    def masks(self, height: int, width: int) -> Array:
        """Return pixel values (indices of a palette) as uint8, rows x height x width.

        Pictures are resized by the nearest pixel, so that no new values appear.

        Raises:
            UnreadableFilesError: some of them cannot be decoded.
        """
        whole = self._mapped(height, width, _VALUES)[:, 0]
        return whole if self.rows is None else whole[self.rows]

    def _mapped(self, height: int, width: int, channels: int) -> Array:
        shape = (len(self.files.files), channels, height, width)
        key = digest([json.dumps([_FORMAT, content_of(self.files), shape]).encode()])[:32]
        path = cache_folder("pictures") / f"{key}.npy"
        if not path.exists():
            self._write(path, shape)
        return np.load(path, mmap_mode="r", allow_pickle=False)

    def _write(self, path: Path, shape: tuple[int, int, int, int]) -> None:
        half = path.with_name(f"{path.stem}.{os.getpid()}.part")
        rows, channels, height, width = shape
        sizes = (rows, max(1, channels), height, width)
        try:
            array = np.lib.format.open_memmap(half, mode="w+", dtype=np.uint8, shape=sizes)
            _decode_into(array, self.files, channels)
            array.flush()
            del array
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
            self.files.close()


def _decode_into(array: Array, files: Stored, channels: int) -> None:
    _, _, height, width = array.shape
    names = [file.name for file in files.files]

    def fill(start: int) -> None:
        for index in range(start, min(start + _CHUNK, len(names))):
            try:
                array[index] = _decode(files.read(names[index]), height, width, channels)
            except _REASONS as error:
                reasons[names[index]] = _words(error)

    reasons: dict[str, str] = {}
    list(_threaded(fill, range(0, len(names), _CHUNK)))
    if reasons:
        raise UnreadableFilesError(reasons)


def _threaded(work: Any, items: Iterable[Any]) -> Iterator[Any]:
    from PIL import Image

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        yield from pool.map(work, items)


def _gathered(names: Sequence[str], look: Any) -> list[Looks]:
    reasons: dict[str, str] = {}

    def try_one(name: str) -> Looks | None:
        try:
            return look(name)
        except _REASONS as error:
            reasons[name] = _words(error)
            return None

    found = [one for one in _threaded(try_one, names) if one is not None]
    if reasons:
        raise UnreadableFilesError(reasons)
    return found


_REASONS = (OSError, ValueError, SyntaxError, EOFError, zipfile.BadZipFile, Warning, RuntimeError)
"""What Pillow and zipfile raise for broken files."""


def _words(error: BaseException) -> str:
    from PIL import UnidentifiedImageError

    if isinstance(error, UnidentifiedImageError):
        return "it is not a PNG, JPEG, WebP, BMP, GIF or TIFF picture"
    return str(error) or type(error).__name__


def _open(data: bytes) -> Any:
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"it is too large; at most {MOST_PIXELS / 1e6:.0f} megapixels") from error
    if picture.width * picture.height > MOST_PIXELS:
        raise ValueError(
            f"it has {picture.width * picture.height / 1e6:.0f} megapixels; "
            f"at most {MOST_PIXELS / 1e6:.0f} are read"
        )
    return picture


def _header(data: bytes) -> Looks:
    picture = _open(data)
    late = picture.format == "PNG" and "exif" not in picture.info  # asking would decode the pixels
    turned = not late and picture.getexif().get(0x0112, 1) >= 5
    height, width = (picture.width, picture.height) if turned else (picture.height, picture.width)
    return Looks(height, width, grey=False)


def _look(data: bytes) -> Looks:
    picture = _open(data)
    turned = picture.getexif().get(0x0112, 1) >= 5  # EXIF orientation: lies on its side
    height, width = (picture.width, picture.height) if turned else (picture.height, picture.width)
    grey = picture.mode in _GREY_MODES or _is_grey(picture)
    return Looks(height, width, grey)


def _is_grey(picture: Any) -> bool:
    picture.thumbnail((64, 64))
    pixels = np.asarray(picture.convert("RGB"), dtype=np.int16)
    return bool(np.ptp(pixels, axis=2).max() <= 2)


def _decode(data: bytes, height: int, width: int, channels: int) -> Array:
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(_open(data))
    if channels == _VALUES:
        return _values(picture, height, width)[None]
    if picture.mode.startswith("I"):
        picture = Image.fromarray(
            (np.asarray(picture, dtype=np.float64) / 257).clip(0, 255).astype(np.uint8)
        )
    picture = picture.convert("L" if channels == 1 else "RGB")
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
    pixels = np.asarray(picture)
    return pixels[None] if channels == 1 else np.moveaxis(pixels, 2, 0)


def _values(picture: Any, height: int, width: int) -> Array:
    from PIL import Image

    if picture.mode not in ("1", "L", "P", "LA", "RGB", "RGBA", "I", "I;16", "I;16B"):
        raise ValueError(f"a mask cannot be of mode {picture.mode}")
    pixels = np.asarray(picture)
    if pixels.ndim == _COLOURED:
        colours = pixels[:, :, : 1 if picture.mode == "LA" else 3]
        if np.ptp(colours, axis=2).any():
            raise ValueError("a mask has one value a pixel: grey or a palette, no colours")
        pixels = colours[:, :, 0]
    if pixels.max(initial=0) > _LARGEST_VALUE:
        raise ValueError(f"a pixel of a mask is {pixels.max()}; classes go up to {_LARGEST_VALUE}")
    whole = Image.fromarray(pixels.astype(np.uint8))
    return np.asarray(whole.resize((width, height), Image.Resampling.NEAREST))


_COLOURED = 3
_LARGEST_VALUE = 255

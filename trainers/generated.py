"""Rows that are made up: small data sets for trying a network where no file is needed.

Each module of `trainers.samples` has one function `generate(rows, noise, generator) -> Sample`; the
module's name is the sample's name.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
import wave
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from trainers.picture_files import PictureFile
from trainers.pictures import Pictures
from trainers.sounds import Sounds
from trainers.table import Values
from trainers.texts import Array, Texts

_PACKAGE = "trainers.samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """Made-up rows; the fields are those of `trainers.table.Table`."""

    cells: Mapping[str, Values]
    targets: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict[str, str])
    in_order: int | None = None
    whole: Mapping[str, Array] = field(default_factory=dict[str, Array])


Generate: TypeAlias = Callable[[int, float, np.random.Generator], Sample]


def sample_names() -> tuple[str, ...]:
    """Return the names of all samples, by the alphabet."""
    package = importlib.import_module(_PACKAGE)
    return tuple(sorted(found.name for found in pkgutil.iter_modules(package.__path__)))


def sample_named(name: str) -> Generate:
    """Return the function that makes the rows of a sample that exists."""
    generate: Generate = importlib.import_module(f"{_PACKAGE}.{name}").generate
    return generate


def numbers(values: Array) -> Texts:
    """Make a column of numbers, written with six digits."""
    return Texts.of(f"{value:.6g}" for value in values.tolist())


def words(values: Iterable[str]) -> Texts:
    """Make a column of texts."""
    return Texts.of(values)


@dataclass(frozen=True, slots=True)
class InMemory:
    """Files in memory; a `Stored`."""

    files: tuple[PictureFile, ...]
    contents: Mapping[str, bytes]

    def read(self, name: str) -> bytes:
        """Return the bytes of one file."""
        return self.contents[name]

    def close(self) -> None:
        """Nothing is open."""


def pictures(pixels: Array, name: str) -> Pictures:
    """Make a column of pictures.

    Args:
        pixels: uint8, rows x height x width, or x 3 more for colours.
        name: what the files are called, before their number.
    """
    return Pictures(_in_memory({f"{name}_{n}.png": _png(one) for n, one in enumerate(pixels, 1)}))


def sounds(samples: Array, rate: int, name: str) -> Sounds:
    """Make a column of sounds.

    Args:
        samples: rows x samples, from -1 to 1.
        rate: samples a second.
        name: what the files are called, before their number.
    """
    contents = {f"{name}_{n}.wav": _wav(one, rate) for n, one in enumerate(samples, 1)}
    return Sounds(_in_memory(contents))


def _in_memory(contents: Mapping[str, bytes]) -> InMemory:
    files = (PictureFile(n, (zlib.crc32(data), len(data))) for n, data in contents.items())
    return InMemory(tuple(files), contents)


def _wav(samples: Array, rate: int) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples.clip(-1, 1) * _LOUDEST).astype("<i2").tobytes())
    return stream.getvalue()


_LOUDEST = 32767


def _png(pixels: Array) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG", compress_level=1)
    return stream.getvalue()


def labels(codes: Array, names: Sequence[str]) -> Texts:
    """Make a column of classes out of their numbers."""
    chosen: list[int] = codes.tolist()
    return Texts.of(str(names[code]) for code in chosen)

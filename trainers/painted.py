"""Masks that a network painted: a class for each pixel, written as a PNG file for each row."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from nnspec.problems import Problem
from trainers.durable import atomic_write
from trainers.exits import refusal, trouble
from trainers.pictures import Pictures
from trainers.texts import Array


@dataclass(frozen=True, slots=True)
class Painted:
    """What is said of the pixels of each row.

    Attributes:
        predicted: rows x height x width: class numbers.
        values: the pixel value of each class, as in the masks that were learned from.
        files: the name of each row's mask, inside `folder`.
        sizes: height and width that each mask is brought back to, those of its picture.
        folder: where the masks are, relative to the file of the predictions; "" for nowhere.
    """

    target: str
    labels: tuple[str, ...]
    predicted: Array
    values: tuple[int, ...]
    files: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    folder: str = ""

    def names(self, *, several: bool) -> list[str]:
        """The file of the mask where it is written, then each class's share of the pixels."""
        of = f"{self.target}_" if several else ""
        shares = [f"share_{of}{label}" for label in self.labels]
        return [self.target, *shares] if self.folder else shares

    def cells(self, index: int) -> list[str | int | float]:
        """The cells of a row."""
        mask = self.predicted[index]
        counts = np.bincount(mask.reshape(-1), minlength=len(self.labels))
        shares = [round(float(count) / mask.size, 6) for count in counts]
        return [f"{self.folder}/{self.files[index]}", *shares] if self.folder else list(shares)

    def told(self, index: int) -> dict[str, Any]:
        """The cells as JSON data."""
        return dict(zip(self.names(several=False), self.cells(index), strict=True))

    def png(self, index: int) -> bytes:
        """Return the mask of a row as a grey PNG of its picture's size."""
        from PIL import Image

        pixels = np.array(self.values, dtype=np.uint8)[self.predicted[index]]
        height, width = self.sizes[index]
        picture = Image.fromarray(pixels).resize((width, height), Image.Resampling.NEAREST)
        stream = io.BytesIO()
        picture.save(stream, format="PNG")
        return stream.getvalue()


def painted(
    target: str, labels: tuple[str, ...], predicted: Array, values: Sequence[int], seen: Pictures
) -> Painted:
    """Return the masks of the pictures `seen`, each named and sized as its picture."""
    names = [PurePosixPath(seen.name(row)).stem for row in range(len(seen))]
    twice = len(set(names)) < len(names)
    files = [f"{row}_{name}.png" if twice else f"{name}.png" for row, name in enumerate(names, 1)]
    sizes = tuple(seen.size(row) for row in range(len(seen)))
    return Painted(target, labels, predicted, tuple(values), tuple(files), sizes)


def save_masks(answer: Painted, output: Path) -> Painted | Problem:
    """Write the masks into a folder beside `output`; return the answer that names it.

    Only masks written earlier are overwritten: a file of another kind there is a problem.
    """
    folder = output.with_name(f"{output.stem}_{answer.target}s")
    try:
        folder.mkdir(exist_ok=True)
        if folder.is_symlink() or any(one.suffix != ".png" for one in folder.iterdir()):
            words = f"{folder} exists already and holds something other than masks"
            return trouble("output.exists", words, hint="name another file with -o", file=folder)
        for row, name in enumerate(answer.files):
            atomic_write(folder / name, answer.png(row))
    except OSError as error:
        return refusal(error, folder)
    return replace(answer, folder=folder.name)

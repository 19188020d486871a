"""The samples that ship with the program, and the user's own copies, which have room for runs.

Templates are copied by the same means: both are folders that hold a spec of their own name.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.settings import projects
from nnspec.problems import Problems
from nnspec.resources import resource
from nnspec.syntax import plain, read


class Shipped(Protocol):
    """A folder that ships with the program and holds a spec: a `Sample` or a `Template`."""

    @property
    def name(self) -> str:
        """The folder's name."""
        ...

    @property
    def title(self) -> str:
        """What it is called."""
        ...

    @property
    def folder(self) -> Path:
        """Where it lies."""
        ...

    @property
    def spec(self) -> Path:
        """The spec as it ships."""
        ...


@dataclass(frozen=True, slots=True)
class Sample:
    """A folder of `resources/samples` that holds data and a spec of the folder's own name.

    Attributes:
        title: the name its spec gives it.
    """

    name: str
    title: str
    folder: Path

    @property
    def spec(self) -> Path:
        """The spec as it ships."""
        return self.folder / f"{self.name}.yaml"


def samples() -> tuple[Sample, ...]:
    """All samples; the one to try first is the digits."""
    try:
        folders = sorted(resource("samples").iterdir())
    except OSError:
        return ()
    found = [
        Sample(folder.name, _title(folder / f"{folder.name}.yaml"), folder)
        for folder in folders
        if (folder / f"{folder.name}.yaml").is_file()
    ]
    return tuple(sorted(found, key=lambda sample: sample.name != "digits"))


def own_copy(shipped: Shipped) -> Path:
    """Return the spec of the user's copy of a sample or template, made where there is none yet.

    A copy whose spec the user has changed is left alone; a new one is made beside it.

    Raises:
        OSError: the copy cannot be written.
    """
    parent, number = projects(), 1
    original = shipped.spec.read_bytes()
    while True:
        folder = parent / (shipped.name if number == 1 else f"{shipped.name}-{number}")
        spec = folder / shipped.spec.name
        if not folder.exists():
            shutil.copytree(shipped.folder, folder)
            return spec
        if spec.is_file() and spec.read_bytes() == original:
            return spec
        number += 1


def _title(spec: Path) -> str:
    text = spec.read_text(encoding="utf-8")
    tree = plain(read(text, Problems(text)))
    named = tree.get("name") if isinstance(tree, dict) else None
    return str(named or spec.stem.replace("_", " ").capitalize())

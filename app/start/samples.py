"""The samples that ship with the program, and the user's own copies, which have room for runs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from app.settings import projects
from nnspec.problems import Problems
from nnspec.resources import resource
from nnspec.syntax import plain, read


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


def own_copy(sample: Sample) -> Path:
    """Return the spec of the user's copy of a sample, made where there is none yet.

    A copy whose spec the user has changed is left alone; a new one is made beside it.

    Raises:
        OSError: the copy cannot be written.
    """
    parent, number = projects(), 1
    original = sample.spec.read_bytes()
    while True:
        folder = parent / (sample.name if number == 1 else f"{sample.name}-{number}")
        spec = folder / sample.spec.name
        if not folder.exists():
            shutil.copytree(sample.folder, folder)
            return spec
        if spec.is_file() and spec.read_bytes() == original:
            return spec
        number += 1


def _title(spec: Path) -> str:
    text = spec.read_text(encoding="utf-8")
    tree = plain(read(text, Problems(text)))
    named = tree.get("name") if isinstance(tree, dict) else None
    return str(named or spec.stem.replace("_", " ").capitalize())

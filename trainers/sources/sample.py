"""Rows that are made up, for trying a network where no file is needed.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.problems import nearest
from trainers.findings import Findings

if TYPE_CHECKING:
    from trainers.table import Source, Table


_STREAM = 0x5A


@kind("Made up")
@dataclass(frozen=True, slots=True)
class Sample:
    """Made-up rows, the same for the same seed on every machine.

    and_gate, xor, moons, spirals, irregular_spirals, two_moons_mixture, formula and pairs are
    tables; oscillator is a curve, sines a series, tones are sounds, communities a graph; shapes
    are pictures with masks and captions, photo_and_facts pictures with a table, bars pictures of
    black and white; messages, phrases and reversed_words are texts. Not made up are digits,
    breast_cancer and sonnets, of which rows are taken.
    """

    endings: ClassVar[tuple[str, ...]] = ()

    name: str = param(help="Which rows: xor, moons, sines, shapes …")
    rows: int = param(400, low=8, high=1_000_000, help="How many rows to make.")
    noise: float = param(0.1, low=0, high=100, help="How much chance is in them; 0 for none.")
    seed: int = param(0, low=0, high=2**31 - 1, help="Decides what is made.")

    @property
    def path(self) -> str:
        """There is no file; the name stands in for it."""
        return self.name

    def identity(self, folder: Path) -> Any:  # noqa: ARG002
        """Return the settings: nothing else decides the rows."""
        return [self.name, self.rows, self.noise, self.seed]

    def like(self, path: str, folder: Path, absent: Sequence[str] = ()) -> Source:
        """Return the reading of a file with rows of the same columns."""
        from trainers.picture_files import is_picture
        from trainers.source_kinds import source_kind

        place = folder / path
        pictures = place.is_dir() or place.suffix.lower() == ".zip" or is_picture(place.name)
        made: Any = source_kind("pictures" if pictures else "csv").make(path=path)
        other: Source = made.like(path, folder, absent)
        return other

    def open(self, folder: Path, findings: Findings) -> Table | None:
        """Make the rows; None when there is no sample of that name."""
        import numpy as np

        from trainers.generated import sample_named, sample_names
        from trainers.table import Table

        names = sample_names()
        if self.name not in names:
            near = nearest(self.name, names)
            findings.add(
                "data.unknown_sample",
                f"there is no sample '{self.name[:80]}'",
                hint=f"did you mean '{near}'?" if near else f"there are {', '.join(names)}",
            )
            return None
        # A stream of its own: the split draws from PCG64(seed), and rows made of the same numbers
        # that divide them would be divided by what they are.
        generator = np.random.Generator(np.random.PCG64([self.seed, _STREAM]))
        made = sample_named(self.name)(self.rows, self.noise, generator)
        rows = len(next(iter(made.cells.values())))
        return Table(
            tuple(made.cells),
            rows,
            made.cells,
            fingerprint={"path": self.name, "sample": self.identity(folder)},
            summary=f"{self.name}: {rows:,} made-up rows of {', '.join(made.cells)}",
            kinds=made.kinds,
            targets=made.targets,
            whole=made.whole,
            in_order=made.in_order,
        )

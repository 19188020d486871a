"""Breast cancer in Wisconsin: measurements of tumours, the one real table among the samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnspec.resources import resource
from trainers.findings import Findings
from trainers.generated import Sample
from trainers.source_kinds import open_table


def generate(rows: int, noise: float, generator: np.random.Generator) -> Sample:  # noqa: ARG001
    """Take up to 569 rows by chance; they are as they were measured, whatever the noise.

    Street, Wolberg and Mangasarian, 1993; 30 numbers and the diagnosis.
    """
    path = resource("samples", "breast_cancer", "breast_cancer.csv")
    table = open_table(path.name, path.parent, Findings())
    if table is None:
        raise FileNotFoundError(path)
    chosen = np.sort(generator.permutation(table.rows)[:rows])
    cells: dict[str, Any] = {name: table.cells[name].take(chosen) for name in table.columns}
    return Sample(cells, ("diagnosis",))

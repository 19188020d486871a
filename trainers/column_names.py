"""Names for the columns of a table without a header: from the `.names` file that lies beside it.

Data sets of the UCI repository come as `adult.data` with an `adult.names` whose last lines list the
columns as `age: continuous.` or `sex: Female, Male.`, the class often left out.
"""

from __future__ import annotations

import re
from pathlib import Path

_LINE = re.compile(r"\s*([A-Za-z][\w /()-]{0,60}?)\s*:\s+(continuous|ignore|.*\S)\.?\s*$")


def names_beside(path: Path, width: int) -> tuple[tuple[str, ...], bool] | None:
    """Return `width` names read from the `.names` file beside `path`; None when none fits.

    A list that is one name short gets "class" as the last one; the flag says whether the file
    itself names the last column.
    """
    beside = path.with_suffix(".names")
    if not beside.is_file():
        return None
    for run in _runs(beside.read_text(encoding="utf-8", errors="replace")):
        if len(run) == width:
            return tuple(run), True
        if len(run) == width - 1 and "class" not in run:
            return (*run, "class"), False
    return None


def _runs(text: str) -> list[list[str]]:
    """Stretches of lines that each name a column, blank lines aside."""
    runs: list[list[str]] = [[]]
    for line in text.splitlines():
        found = _LINE.match(line)
        if found:
            runs[-1].append(re.sub(r"\W+", "_", found[1]).strip("_"))
        elif line.strip():
            runs.append([])
    return [run for run in runs if len(set(run)) == len(run) > 1]

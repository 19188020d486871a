"""A column that holds an array of numbers a row: the features of a node, a measured curve.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Shape

_LEAST_SPREAD = 1e-12


@kind("Arrays")
@dataclass(frozen=True, slots=True)
class Array:
    """An array of numbers a row, as it is or scaled; as a target, to be predicted whole."""

    fault: ClassVar[str] = "data.not_finite"
    reads: ClassVar[str] = "arrays"

    scale: Literal["none", "standard", "min_max"] = param(
        "none",
        help="none: as they are. standard: each place mean 0, deviation 1. min_max: 0 to 1.",
    )
    normalize_rows: bool = param(
        False, help="Divides each row by the sum of its absolute numbers, as for counts of words."
    )

    def look(self, values: Any) -> dict[str, Any]:
        """Return the state: learning it is quick."""
        return self.fit(values)

    def fit(self, values: Any) -> dict[str, Any]:
        """Learn each place's centre and spread from the training rows."""
        import numpy as np

        state: dict[str, Any] = {"size": list(values.values.shape[1:])}
        if self.scale == "none" or not len(values):
            return state
        rows = self._rows(values)
        center, spread = rows.mean(axis=0), rows.std(axis=0)
        if self.scale == "min_max":
            center, spread = rows.min(axis=0), np.ptp(rows, axis=0)
        spread = np.where(spread > _LEAST_SPREAD, spread, 1.0)
        return {**state, "center": center.tolist(), "spread": spread.tolist()}

    def faults(self, values: Any) -> Sequence[tuple[int, str]]:
        """Return rows that hold a number that is not finite."""
        import numpy as np

        finite = np.isfinite(values.values).reshape(len(values), -1).all(axis=1)
        return [(int(index), "not finite") for index in np.flatnonzero(~finite)]

    def encode(self, values: Any, state: dict[str, Any]) -> Any:
        """Return float32, rows x the array's sizes."""
        import numpy as np

        rows = self._rows(values)
        if "center" in state:
            rows = (rows - np.array(state["center"])) / np.array(state["spread"])
        return rows.astype(np.float32)

    def targets(self, values: Any, state: dict[str, Any]) -> Any:
        """Return float32, rows x the array's sizes."""
        return self.encode(values, state)

    def restore(self, outputs: Any, state: dict[str, Any]) -> Any:
        """Return outputs in the array's own unit, float64 (of normalised rows, their shares)."""
        import numpy as np

        numbers = np.asarray(outputs, dtype=np.float64)
        if "center" not in state:
            return numbers
        return numbers * np.array(state["spread"]) + np.array(state["center"])

    def shape(self, state: dict[str, Any]) -> Shape:
        """The array's sizes."""
        return Shape(tuple(state["size"]))

    def answer(self, state: dict[str, Any]) -> Shape:
        """The array's sizes."""
        return Shape(tuple(state["size"]))

    def labels(self, state: dict[str, Any]) -> tuple[str, ...]:  # noqa: ARG002
        """No classes."""
        return ()

    def _rows(self, values: Any) -> Any:
        import numpy as np

        rows = np.asarray(values.values, dtype=np.float64)
        if not self.normalize_rows:
            return rows
        sums = np.abs(rows).reshape(len(rows), -1).sum(axis=1)
        return rows / np.where(sums > 0, sums, 1).reshape(-1, *[1] * (rows.ndim - 1))

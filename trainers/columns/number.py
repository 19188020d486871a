"""A column of numbers, brought to a scale that networks learn well from.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Shape

_MOST = 1e18
"""Beyond so many deviations a number counts as that many: its square is still a 32-bit number."""


@kind("Table")
@dataclass(frozen=True, slots=True)
class Number:
    """A number such as an age or a price.

    The scale is learned from the training rows. A missing number is replaced by the mean, the
    median or zero; a text that is no number is an error with its row unless `unreadable: missing`
    is set.
    """

    fault: ClassVar[str] = "data.text_in_number"
    reads: ClassVar[str] = "texts"

    scale: Literal["standard", "min_max", "log", "none"] = param(
        "standard",
        help="standard: mean 0, deviation 1. min_max: 0 to 1. log: sign(x) log(1 + |x|), "
        "then standard.",
    )
    missing: Literal["mean", "median", "zero"] = param(
        "mean", help="What stands in for a missing number."
    )
    bins: int = param(
        0,
        low=0,
        high=256,
        help="As an input, that many further slots: how far the number fills each of as many "
        "ranges. Lets a network learn thresholds; 16 suits amounts of money.",
    )
    unreadable: Literal["error", "missing"] = param(
        "error", help="What a text that is no number is.", advanced=True
    )

    def look(self, values: Any) -> dict[str, Any]:
        """Return the state: learning it is quick."""
        return self.fit(values)

    def fit(self, values: Any) -> dict[str, Any]:
        """Learn stand-in, centre and spread from the training cells."""
        import numpy as np

        from trainers.texts import mean_and_deviation

        raw = values.numbers().values
        known = raw[np.isfinite(raw)]
        if not len(known):
            return {"fill": 0.0, "center": 0.0, "spread": 1.0, "edges": []}
        mean = mean_and_deviation(known)[0]
        fill = {"mean": mean, "median": np.median(known), "zero": 0.0}[self.missing]
        # Ranges hold equally many different values, so that one frequent value takes only one.
        edges = np.quantile(np.unique(known), np.linspace(0, 1, self.bins + 1))
        known = self._bent(known)
        center, spread = mean_and_deviation(known)
        if self.scale == "min_max":
            center, spread = known.min(), np.ptp(known)
        if self.scale == "none":
            center, spread = 0.0, 1.0
        return {
            "fill": float(fill),
            "center": float(center),
            "spread": float(spread) or 1.0,
            "edges": np.unique(edges).tolist() if self.bins else [],
        }

    def faults(self, values: Any) -> Sequence[tuple[int, str]]:
        """Return the cells that hold a text that is no number."""
        if self.unreadable == "missing":
            return ()
        found = values.numbers().unreadable
        return [(int(index), values[index] or "") for index in found]

    def encode(self, values: Any, state: dict[str, Any]) -> Any:
        """Return float32, rows x 1, or more with bins."""
        import numpy as np

        raw = values.numbers().values
        known = self._filled(raw, state)
        scaled: Any = self._scaled(known, state)
        edges: Any = np.array(state["edges"])
        if len(edges) < 2:
            return scaled
        ranges: Any = np.diff(edges)
        filled: Any = np.clip((known[:, None] - edges[:-1]) / ranges, 0, 1, dtype=np.float64)
        return np.hstack((scaled, filled)).astype(np.float32)

    def targets(self, values: Any, state: dict[str, Any]) -> Any:
        """Return float32, rows x 1, NaN where the cell is missing."""
        return self._scaled(values.numbers().values, state)

    def restore(self, outputs: Any, state: dict[str, Any]) -> Any:
        """Return outputs in the column's own unit, float64."""
        import numpy as np

        bent = np.asarray(outputs, dtype=np.float64) * state["spread"] + state["center"]
        return np.sign(bent) * np.expm1(np.abs(bent)) if self.scale == "log" else bent

    def shape(self, state: dict[str, Any]) -> Shape:
        """One number and the bins."""
        return Shape((1 + max(0, len(state["edges"]) - 1),))

    def answer(self, state: dict[str, Any]) -> Shape:  # noqa: ARG002
        """One number."""
        return Shape((1,))

    def labels(self, state: dict[str, Any]) -> tuple[str, ...]:  # noqa: ARG002
        """No classes."""
        return ()

    def _filled(self, raw: Any, state: dict[str, Any]) -> Any:
        import numpy as np

        filled = raw.copy()
        filled[np.isnan(raw)] = state["fill"]
        return filled

    def _bent(self, raw: Any) -> Any:
        import numpy as np

        return np.sign(raw) * np.log1p(np.abs(raw)) if self.scale == "log" else raw

    def _scaled(self, raw: Any, state: dict[str, Any]) -> Any:
        import numpy as np

        with np.errstate(over="ignore"):
            scaled = (self._bent(raw) - state["center"]) / state["spread"]
        scaled = scaled.clip(-_MOST, _MOST)
        return scaled.astype(np.float32)[:, None]

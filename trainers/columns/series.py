"""A column of windows over a series, brought to a scale that networks learn well from.

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


@kind("Series")
@dataclass(frozen=True, slots=True)
class Series:
    """Steps of one or more series: what is seen, or as a target what comes next.

    Each channel's scale is learned from the training rows. As a target the network answers with a
    number for each step, which is brought back to the series' own unit.
    """

    fault: ClassVar[str] = "data.not_finite"
    reads: ClassVar[str] = "arrays"

    scale: Literal["standard", "min_max", "log", "per_window", "none"] = param(
        "standard",
        help="standard: mean 0, deviation 1. min_max: 0 to 1. log: sign(x) log(1 + |x|), then "
        "standard. per_window: each window by its own mean and deviation (a target: standard).",
    )

    def look(self, values: Any) -> dict[str, Any]:
        """Return the state: learning it is quick."""
        return self.fit(values)

    def fit(self, values: Any) -> dict[str, Any]:
        """Learn each channel's centre and spread from the training windows."""
        import numpy as np

        steps = np.asarray(values.values, dtype=np.float64)
        by_channel = self._bent(steps.reshape(-1, steps.shape[2] if steps.ndim > 2 else 1))
        size = list(steps.shape[1:])
        if self.scale == "none" or not len(by_channel):
            channels = by_channel.shape[1]
            return {"size": size, "center": [0.0] * channels, "spread": [1.0] * channels}
        center, spread = np.nanmean(by_channel, axis=0), np.nanstd(by_channel, axis=0)
        if self.scale == "min_max":
            center = np.nanmin(by_channel, axis=0)
            spread = np.nanmax(by_channel, axis=0) - center
        spread = np.where(spread > _LEAST_SPREAD, spread, 1.0)
        return {"size": size, "center": center.tolist(), "spread": spread.tolist()}

    def faults(self, values: Any) -> Sequence[tuple[int, str]]:
        """Return windows with an infinite number in them."""
        import numpy as np

        steps = values.values.reshape(len(values), -1)
        found = np.flatnonzero(np.isinf(steps).any(axis=1))
        return [(int(index), "an infinite number") for index in found]

    def encode(self, values: Any, state: dict[str, Any]) -> Any:
        """Return float32, rows x steps x channels."""
        import numpy as np

        steps = np.asarray(values.values, dtype=np.float64)
        if self.scale != "per_window":
            return self._scaled(steps, state)
        mean, deviation = steps.mean(axis=1, keepdims=True), steps.std(axis=1, keepdims=True)
        spread = np.where(deviation > _LEAST_SPREAD, deviation, 1.0)
        return ((steps - mean) / spread).astype(np.float32)

    def targets(self, values: Any, state: dict[str, Any]) -> Any:
        """Return float32, rows x horizon, NaN where a step is unknown."""
        return self._scaled(values.values, state)

    def restore(self, outputs: Any, state: dict[str, Any]) -> Any:
        """Return outputs in the series' own unit, float64."""
        import numpy as np

        bent = np.asarray(outputs, dtype=np.float64) * state["spread"] + state["center"]
        return np.sign(bent) * np.expm1(np.abs(bent)) if self.scale == "log" else bent

    def shape(self, state: dict[str, Any]) -> Shape:
        """Steps x channels; of a single row of numbers, the steps."""
        return Shape(tuple(state["size"]))

    def answer(self, state: dict[str, Any]) -> Shape:
        """A number for each step of the future."""
        return Shape(tuple(state["size"]))

    def labels(self, state: dict[str, Any]) -> tuple[str, ...]:  # noqa: ARG002
        """No classes."""
        return ()

    def _bent(self, raw: Any) -> Any:
        import numpy as np

        return np.sign(raw) * np.log1p(np.abs(raw)) if self.scale == "log" else raw

    def _scaled(self, raw: Any, state: dict[str, Any]) -> Any:
        import numpy as np

        scaled = (self._bent(raw) - np.array(state["center"])) / np.array(state["spread"])
        return scaled.astype(np.float32)

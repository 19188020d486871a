"""A column of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Shape

LARGEST_AUTO = 224


@kind("Pictures")
@dataclass(frozen=True, slots=True)
class Image:
    """A picture, brought to one size, grey or in colour.

    Pictures stay bytes; mean and deviation of the training pictures travel with the model, and
    batches are scaled where they are computed.
    """

    fault: ClassVar[str] = ""
    reads: ClassVar[str] = "pictures"

    size: int | tuple[int, ...] | Literal["auto"] = param(
        "auto",
        low=1,
        high=4096,
        length=(2,),
        help="Height and width; one number for a square. auto: the most common size, at most 224.",
    )
    color: Literal["auto", "gray", "rgb"] = param(
        "auto", help="gray: one channel, rgb: three. auto: gray when the pictures are."
    )

    def look(self, values: Any) -> dict[str, Any]:
        """Return the size from a sample of the pictures; mean and deviation are left out."""
        looks = values.looks()
        height, width = looks.height, looks.width
        if max(height, width) > LARGEST_AUTO:
            shrink = LARGEST_AUTO / max(height, width)
            height, width = max(1, round(height * shrink)), max(1, round(width * shrink))
        if isinstance(self.size, int):
            height = width = self.size
        elif isinstance(self.size, tuple):
            height, width = self.size
        grey = looks.grey if self.color == "auto" else self.color == "gray"
        return {"channels": 1 if grey else 3, "height": height, "width": width}

    def fit(self, values: Any) -> dict[str, Any]:
        """Learn size, and each channel's mean and deviation (0 to 255), from the training rows."""
        import numpy as np

        state = self.look(values)
        pixels = self.encode(values, state)
        total = np.zeros(state["channels"])
        squares = np.zeros(state["channels"])
        for start in range(0, len(pixels), 1024):
            chunk = pixels[start : start + 1024].astype(np.float64)
            total += chunk.sum(axis=(0, 2, 3))
            squares += np.square(chunk).sum(axis=(0, 2, 3))
        count = max(1, len(pixels) * state["height"] * state["width"])
        mean = total / count
        deviation = np.sqrt(np.maximum(squares / count - mean**2, 0))
        return {
            **state,
            "mean": mean.tolist(),
            "deviation": np.where(deviation > 1e-6, deviation, 1.0).tolist(),
        }

    def faults(self, values: Any) -> Sequence[tuple[int, str]]:  # noqa: ARG002
        """Broken pictures are found when they are decoded."""
        return ()

    def encode(self, values: Any, state: dict[str, Any]) -> Any:
        """Return uint8, rows x channels x height x width."""
        return values.decoded(state["height"], state["width"], state["channels"])

    def shape(self, state: dict[str, Any]) -> Shape:
        """Channels x height x width."""
        return Shape((state["channels"], state["height"], state["width"]))

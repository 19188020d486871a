"""A column with two values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Shape

_YES = ("yes", "y", "true", "t", "on", "positive", "pos")


@kind("Table")
@dataclass(frozen=True, slots=True)
class Binary:
    """One of two values, such as yes and no.

    As an input one number: 1 for the positive value, 0 for the other, one half for a missing or
    unknown one. As a target two classes, the positive one last.
    """

    fault: ClassVar[str] = "data.third_value"
    reads: ClassVar[str] = "texts"

    positive: str | None = param(
        None,
        help="The value that counts as 1; null takes a yes-word, else the last by the alphabet.",
    )

    def look(self, values: Any) -> dict[str, Any]:
        """Return the state: learning it is quick."""
        return self.fit(values)

    def fit(self, values: Any) -> dict[str, Any]:
        """Learn the two values of the training cells, the most frequent ones if there are more."""
        classes = sorted(list(values.counts())[:2])
        yes = [
            name
            for name in classes
            if name == self.positive or (self.positive is None and name.lower() in _YES)
        ]
        if len(yes) == 1:
            classes = [name for name in classes if name != yes[0]] + yes
        return {"classes": classes}

    def faults(self, values: Any) -> Sequence[tuple[int, str]]:
        """Return the cells that hold a third value."""
        import numpy as np

        classes = self.fit(values)["classes"]
        third = np.flatnonzero((values.codes(classes) < 0) & ~values.missing())
        return [(int(index), values[index] or "") for index in third]

    def encode(self, values: Any, state: dict[str, Any]) -> Any:
        """Return float32, rows x 1."""
        import numpy as np

        codes = values.codes(state["classes"]).astype(np.float32)
        return np.where(codes < 0, np.float32(0.5), codes)[:, None]

    def targets(self, values: Any, state: dict[str, Any]) -> Any:
        """Return class numbers as int64, -1 for a missing or unknown value."""
        return values.codes(state["classes"])

    def restore(self, outputs: Any, state: dict[str, Any]) -> Any:  # noqa: ARG002
        """Return class numbers as they are."""
        return outputs

    def shape(self, state: dict[str, Any]) -> Shape:  # noqa: ARG002
        """One number."""
        return Shape((1,))

    def answer(self, state: dict[str, Any]) -> Shape:
        """One number a class."""
        return Shape((len(state["classes"]),))

    def labels(self, state: dict[str, Any]) -> tuple[str, ...]:
        """The two values, the positive one last."""
        return tuple(state["classes"])

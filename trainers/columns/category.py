"""A column of names out of a limited set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Shape

MISSING = "(missing)"


@kind("Table")
@dataclass(frozen=True, slots=True)
class Category:
    """One of several names, such as a country; as a target the classes to tell apart.

    As an input every name of the training rows has a slot of its own that is 1 for it. Names beyond
    `max_categories`, and names never seen in training, set no slot at all. A missing cell is a name
    of its own where the training rows have missing cells.
    """

    fault: ClassVar[str] = ""
    reads: ClassVar[str] = "texts"

    max_categories: int = param(
        100,
        low=1,
        high=100_000,
        help="How many of the most frequent names get a slot; the rest none.",
    )
    missing: Literal["own", "none"] = param(
        "own", help="own: a missing cell has a slot of its own; none: it sets no slot."
    )

    def look(self, values: Any) -> dict[str, Any]:
        """Return the state: learning it is quick."""
        return self.fit(values)

    def fit(self, values: Any) -> dict[str, Any]:
        """Learn the names of the training cells; `names` is cut, `classes` is whole."""
        counts = values.counts()
        kept = sorted(list(counts)[: self.max_categories], key=_natural)
        missing = self.missing == "own" and bool(values.missing().any())
        return {"names": kept, "classes": sorted(counts, key=_natural), "missing": missing}

    def faults(self, values: Any) -> Sequence[tuple[int, str]]:  # noqa: ARG002
        """Every text is a name."""
        return ()

    def encode(self, values: Any, state: dict[str, Any]) -> Any:
        """Return float32, rows x slots."""
        import numpy as np

        codes = values.codes(state["names"])
        if state["missing"]:
            codes = np.where(values.missing(), len(state["names"]), codes)
        slots = np.zeros((len(codes), self._slots(state)), dtype=np.float32)
        known = np.flatnonzero(codes >= 0)
        slots[known, codes[known]] = 1
        return slots

    def targets(self, values: Any, state: dict[str, Any]) -> Any:
        """Return class numbers as int64, -1 for a missing or unknown name."""
        return values.codes(state["classes"])

    def restore(self, outputs: Any, state: dict[str, Any]) -> Any:  # noqa: ARG002
        """Return class numbers as they are."""
        return outputs

    def shape(self, state: dict[str, Any]) -> Shape:
        """One slot a name."""
        return Shape((self._slots(state),))

    def answer(self, state: dict[str, Any]) -> Shape:
        """One number a class."""
        return Shape((len(state["classes"]),))

    def labels(self, state: dict[str, Any]) -> tuple[str, ...]:
        """The names of the classes."""
        return tuple(state["classes"])

    def _slots(self, state: dict[str, Any]) -> int:
        return max(1, len(state["names"]) + int(state["missing"]))


def _natural(name: str) -> tuple[bool, float, str]:
    """Order numbers by value and before words, so that class 10 follows class 9."""
    try:
        return (False, float(name), name)
    except ValueError:
        return (True, 0.0, name)

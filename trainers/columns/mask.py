"""A column of masks: pictures whose pixel values are classes.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Shape

LARGEST_AUTO = 224
MOST_CLASSES = 64


@kind("Pictures")
@dataclass(frozen=True, slots=True)
class Mask:
    """A class for each pixel of a picture; a target of the same size as the picture.

    Every pixel value of the training masks is a class, in ascending order. Masks are resized by
    the nearest pixel, so that no new values appear.
    """

    fault: ClassVar[str] = ""
    reads: ClassVar[str] = "pictures"

    size: int | tuple[int, ...] | Literal["auto"] = param(
        "auto",
        low=1,
        high=4096,
        length=(2,),
        help="Height and width, as the picture's. auto: the most common size, at most 224.",
    )
    labels_of: tuple[str, ...] | None = param(
        None, help="Names of the classes in the order of their pixel values; null: the values."
    )

    def look(self, values: Any) -> dict[str, Any]:
        """Return size and classes; learning them is quick once masks are decoded."""
        return self.fit(values)

    def fit(self, values: Any) -> dict[str, Any]:
        """Learn size and pixel values from the training masks.

        Raises:
            UnreadableFilesError: masks cannot be decoded, or have one value, or too many to be
                classes.
        """
        import numpy as np

        looks = values.looks()
        height, width = looks.height, looks.width
        if max(height, width) > LARGEST_AUTO:
            shrink = LARGEST_AUTO / max(height, width)
            height, width = max(1, round(height * shrink)), max(1, round(width * shrink))
        if isinstance(self.size, int):
            height = width = self.size
        elif isinstance(self.size, tuple):
            height, width = self.size
        masks = values.masks(height, width)
        found = np.unique(masks).tolist()
        if len(found) > MOST_CLASSES:
            _refuse_many(values, masks)
        if len(found) == 1:
            _refuse_one(values, found[0])
        return {"height": height, "width": width, "values": found}

    def faults(self, values: Any) -> Sequence[tuple[int, str]]:  # noqa: ARG002
        """Broken masks are found when they are decoded."""
        return ()

    def encode(self, values: Any, state: dict[str, Any]) -> Any:
        """Return a slot for each class, float32, rows x classes x height x width."""
        import numpy as np

        classes = self.targets(values, state)
        slots = classes[:, None] == np.arange(len(state["values"]))[:, None, None]
        return slots.astype(np.float32)

    def targets(self, values: Any, state: dict[str, Any]) -> Any:
        """Return class numbers, int64, rows x height x width; -1 for a value not trained on."""
        import numpy as np

        known = np.array(state["values"])
        table = np.full(256, -1, dtype=np.int64)
        table[known] = np.arange(len(known))
        return table[values.masks(state["height"], state["width"])]

    def restore(self, outputs: Any, state: dict[str, Any]) -> Any:  # noqa: ARG002
        """Return class numbers as they are."""
        return outputs

    def shape(self, state: dict[str, Any]) -> Shape:
        """Classes x height x width."""
        return Shape((len(state["values"]), state["height"], state["width"]))

    def answer(self, state: dict[str, Any]) -> Shape:
        """A number for each class and pixel."""
        return self.shape(state)

    def labels(self, state: dict[str, Any]) -> tuple[str, ...]:
        """The names of the classes, or their pixel values."""
        if self.labels_of is not None and len(self.labels_of) == len(state["values"]):
            return self.labels_of
        return tuple(str(value) for value in state["values"])


def _refuse_many(values: Any, masks: Any) -> None:
    """Name the masks that have the most pixel values: a photograph, or one saved as JPEG."""
    import numpy as np

    from trainers.findings import Finding
    from trainers.picture_files import UnfitMasksError

    counts = np.array([len(np.unique(mask)) for mask in masks])
    order = np.argsort(-counts, kind="stable")
    blamed = [int(row) for row in order if counts[row] > MOST_CLASSES] or [int(order[0])]
    names = [values.name(row) for row in blamed]
    others = np.delete(counts, blamed)
    message = f"the mask '{names[0]}' has {counts[blamed[0]]} different pixel values, " + (
        f"the other {len(others):,} masks at most {others.max()}"
        if len(blamed) == 1 and len(others)
        else f"one of {len(blamed):,} masks with too many"
    )
    raise UnfitMasksError(
        Finding(
            "data.mask_values",
            f"{message}; the classes of all masks are at most {MOST_CLASSES}",
            "each value is a class: save the mask as PNG in grey or a palette, without smoothing",
            "target",
            details=tuple(
                f"'{name}': {counts[row]} values"
                for name, row in zip(names[1:10], blamed[1:10], strict=True)
            ),
        ),
        names,
    )


def _refuse_one(values: Any, value: int) -> None:
    from trainers.findings import Finding
    from trainers.picture_files import UnfitMasksError

    raise UnfitMasksError(
        Finding(
            "data.one_class",
            f"the target mask has one value only: every pixel of {len(values):,} training masks "
            f"is {value}",
            "there is nothing to tell apart; a class is a pixel value of its own",
            "target",
        )
    )

"""The plain mean of a formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Formula")
@dataclass(frozen=True, slots=True)
class Minimize:
    """Makes a formula small, whatever it says."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("of",)

    def build(self, target: Target | None, device: str) -> Callable[[Tensor], Tensor]:  # noqa: ARG002
        """The function of a formula's value that gives its mean."""
        return lambda of: of.mean()

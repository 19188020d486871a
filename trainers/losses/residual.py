"""The mean square of a formula (Raissi et al., 2019, physics-informed networks)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nnspec.catalog import kind
from trainers.targets import Target, Task

if TYPE_CHECKING:
    from torch import Tensor


@kind("Physics")
@dataclass(frozen=True, slots=True)
class Residual:
    """Makes a formula zero everywhere: what remains of a differential equation."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    takes: ClassVar[tuple[str, ...]] = ("of",)

    def build(self, target: Target | None, device: str) -> Callable[[Tensor], Tensor]:  # noqa: ARG002
        """The function of a formula's value that gives its mean square."""
        return lambda of: of.square().mean()

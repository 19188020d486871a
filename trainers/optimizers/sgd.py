"""Stochastic gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param

if TYPE_CHECKING:
    from torch import Tensor


@kind("Optimizer")
@dataclass(frozen=True, slots=True)
class Sgd:
    """Walks down the gradient, with momentum if wanted; the classic for pictures."""

    lr: float = param(0.01, above=0, help="How large a step is.", also=("learning_rate",))
    momentum: float = param(0.9, low=0, below=1, help="How much of the last step is kept.")
    weight_decay: float = param(0.0, low=0, help="Pulls weights towards 0, against overfitting.")
    nesterov: bool = param(
        False, help="Looks ahead along the momentum before stepping.", advanced=True
    )

    @property
    def remembered(self) -> int:
        """Numbers kept for each parameter: the momentum."""
        return 1 if self.momentum else 0

    def slots(self, parameters: list[Tensor]) -> dict[str, list[Tensor]]:
        """The momentum of each parameter."""
        import torch

        return (
            {"momentum_buffer": [torch.zeros_like(p) for p in parameters]} if self.momentum else {}
        )

    def update(
        self,
        parameters: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        lr: float,
    ) -> None:
        """Do one step in place."""
        from torch.optim.sgd import sgd

        fused = parameters[0].device.type in ("cpu", "cuda", "mps")
        sgd(
            parameters,
            gradients,
            [*slots.get("momentum_buffer", [None] * len(parameters))],
            fused=fused,
            foreach=not fused,
            weight_decay=self.weight_decay,
            momentum=self.momentum,
            lr=lr,
            dampening=0.0,
            nesterov=self.nesterov and self.momentum > 0,
            maximize=False,
        )
